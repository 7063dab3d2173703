//! The HTTP server: the only list of URLs, and how it runs and stops.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpServer};

use crate::admin::guard::{Access, guard, same_site};
use crate::app::Startup;
use crate::{admin, wire};

/// Seconds that requests under way have to finish after the signal to stop: less than the ten that containers get.
const SHUTDOWN_SECONDS: u64 = 8;

/// Serves on `listeners` until `stop` resolves; then no more requests are taken, those under way finish, and the future
/// resolves.
///
/// # Errors
///
/// When a listener cannot be used.
pub fn run<S>(listeners: Vec<TcpListener>, startup: Data<Startup>, access: Access, stop: S) -> io::Result<Server>
where
    S: Future<Output = ()> + Send + 'static,
{
    let access = Data::new(access);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(startup.clone())
            .app_data(access.clone())
            .service(
                web::scope("/_mock")
                    .wrap(from_fn(same_site))
                    .service(web::scope("/v1").wrap(from_fn(guard)).configure(control_plane))
                    .route("/health/live", web::get().to(admin::health::live))
                    .route("/health/ready", web::get().to(admin::health::ready))
                    .default_service(web::to(admin::not_found)),
            )
            .default_service(web::to(wire::answer))
    });
    let mut server =
        server.shutdown_signal(stop).shutdown_timeout(SHUTDOWN_SECONDS).keep_alive(Duration::from_secs(25));
    for listener in listeners {
        server = server.listen(listener)?;
    }
    Ok(server.run())
}

fn control_plane(service: &mut ServiceConfig) {
    use admin::{access_keys, backup, checkpoints, clock, openapi, sandboxes, snapshots, state};
    service
        .route("/openapi.json", web::get().to(openapi::openapi))
        .route("/state.schema.json", web::get().to(openapi::schema))
        .route("/backup", web::post().to(backup::create))
        .route("/sandboxes", web::get().to(sandboxes::list))
        .route("/sandboxes", web::post().to(sandboxes::create))
        .route("/sandboxes/{sandbox}", web::get().to(sandboxes::get))
        .route("/sandboxes/{sandbox}", web::delete().to(sandboxes::delete))
        .route("/sandboxes/{sandbox}/access-keys", web::get().to(access_keys::list))
        .route("/sandboxes/{sandbox}/access-keys", web::post().to(access_keys::create))
        .route("/sandboxes/{sandbox}/access-keys/{key}", web::get().to(access_keys::get))
        .route("/sandboxes/{sandbox}/access-keys/{key}", web::patch().to(access_keys::patch))
        .route("/sandboxes/{sandbox}/access-keys/{key}", web::delete().to(access_keys::delete))
        .route("/sandboxes/{sandbox}/state", web::get().to(state::export))
        .route("/sandboxes/{sandbox}/state", web::put().to(state::replace))
        .route("/sandboxes/{sandbox}/state", web::post().to(state::merge))
        .route("/sandboxes/{sandbox}/reset", web::post().to(state::reset))
        .route("/sandboxes/{sandbox}/snapshots", web::get().to(snapshots::list))
        .route("/sandboxes/{sandbox}/snapshots", web::post().to(snapshots::create))
        .route("/sandboxes/{sandbox}/snapshots", web::patch().to(snapshots::patch_matching))
        .route("/sandboxes/{sandbox}/snapshots", web::delete().to(snapshots::delete_matching))
        .route("/sandboxes/{sandbox}/snapshots/{snapshot}", web::get().to(snapshots::get))
        .route("/sandboxes/{sandbox}/snapshots/{snapshot}", web::patch().to(snapshots::patch))
        .route("/sandboxes/{sandbox}/snapshots/{snapshot}", web::delete().to(snapshots::delete))
        .route("/sandboxes/{sandbox}/checkpoints", web::get().to(checkpoints::list))
        .route("/sandboxes/{sandbox}/checkpoints/{checkpoint}", web::get().to(checkpoints::get))
        .route("/sandboxes/{sandbox}/checkpoints/{checkpoint}", web::put().to(checkpoints::save))
        .route("/sandboxes/{sandbox}/checkpoints/{checkpoint}", web::delete().to(checkpoints::delete))
        .route("/sandboxes/{sandbox}/checkpoints/{checkpoint}/restore", web::post().to(checkpoints::restore))
        .route("/sandboxes/{sandbox}/diff", web::get().to(checkpoints::diff))
        .route("/sandboxes/{sandbox}/clock", web::get().to(clock::get))
        .route("/sandboxes/{sandbox}/clock", web::put().to(clock::set))
        .route("/sandboxes/{sandbox}/clock/advance", web::post().to(clock::advance))
        .default_service(web::to(admin::not_found));
}
