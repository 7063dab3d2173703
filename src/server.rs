//! The HTTP server: the only list of URLs, and how it runs and stops.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};

use crate::app::Startup;
use crate::{admin, wire};

/// Seconds that requests under way have to finish after the signal to stop.
const SHUTDOWN_SECONDS: u64 = 10;

/// Serves on `listener` until `stop` resolves; then no more requests are taken, those under way finish, and the future
/// resolves.
///
/// # Errors
///
/// When the listener cannot be used.
pub fn run<S>(listener: TcpListener, startup: Data<Startup>, stop: S) -> std::io::Result<Server>
where
    S: Future<Output = ()> + Send + 'static,
{
    let server = HttpServer::new(move || {
        App::new()
            .app_data(startup.clone())
            .service(
                web::scope("/_mock")
                    .route("/health/live", web::get().to(admin::health::live))
                    .route("/health/ready", web::get().to(admin::health::ready))
                    .default_service(web::to(admin::not_found)),
            )
            .default_service(web::to(wire::answer))
    });
    Ok(server
        .shutdown_signal(stop)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .keep_alive(Duration::from_secs(25))
        .listen(listener)?
        .run())
}
