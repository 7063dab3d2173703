//! The HTTP server: which plane a URL belongs to, and how it runs and stops.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};

use crate::admin::guard::{Access, guard, same_site};
use crate::admin::{openapi, routes};
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
                    .service(
                        web::scope("/v1")
                            .wrap(from_fn(guard))
                            .configure(routes::configure)
                            .configure(openapi::configure)
                            .default_service(web::to(admin::not_found)),
                    )
                    .configure(routes::configure_health)
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
