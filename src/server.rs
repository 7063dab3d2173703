//! The HTTP server: which plane a URL belongs to, and how it runs and stops.

mod chunks;
mod connection;
mod crowd;
mod cut;
mod exchange;
mod head;
mod limits;
mod refusal;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_http::{HttpService, KeepAlive, Protocol};
use actix_server::Server;
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, map_config};
use actix_web::App;
use actix_web::dev::{AppConfig, fn_service};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::web::{self, Data};

use crate::admin::guard::{Access, Listener, guard, same_site};
use crate::admin::recorded::record;
use crate::admin::request_stream::Stopping;
use crate::admin::{metrics, openapi, routes};
use crate::app::Startup;
use crate::wire::welcome::ConsoleAt;
use crate::{admin, console, wire};
use connection::Connection;
pub use crowd::{Crowd, Place};
use exchange::exchange;
pub use limits::{ConnectionLimits, Shares, queue, transfers};

/// Seconds that requests under way have to finish after the signal to stop: less than the ten that containers get.
const SHUTDOWN_SECONDS: u64 = 8;

/// How long a connection that is closed is read on, so that the client gets the answer before it learns of the end.
const LINGER: Duration = Duration::from_secs(1);

/// Serves on `listeners` until `stop` resolves; then no more requests are taken, those under way finish, and the future
/// resolves.
///
/// # Errors
///
/// When a listener cannot be used.
pub fn run<S>(
    listeners: Vec<TcpListener>,
    startup: &Data<Startup>,
    access: Access,
    limits: ConnectionLimits,
    stop: S,
) -> io::Result<Server>
where
    S: Future<Output = ()> + Send + 'static,
{
    let access = Data::new(access);
    let crowd = Arc::new(Crowd::new(limits.soft()));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut server = Server::build()
        .workers(workers)
        .max_concurrent_connections(limits.connections.div_ceil(workers))
        .shutdown_signal(stop)
        .shutdown_timeout(SHUTDOWN_SECONDS);
    for listener in listeners {
        let address = listener.local_addr()?;
        let stopping = server.graceful_shutdown_signal();
        let (startup, access, crowd) = (startup.clone(), access.clone(), crowd.clone());
        server = server.listen(format!("http on {address}"), listener, move || {
            let app = App::new()
                .app_data(startup.clone())
                .app_data(access.clone())
                .app_data(Listener(address))
                .app_data(Data::new(Stopping(stopping.clone())))
                .app_data(ConsoleAt(access.address.filter(|own| *own != address)))
                .service(
                    // Before the rest of the control plane: it lets people in from elsewhere.
                    web::scope(console::ROOT)
                        .wrap(from_fn(console::guard))
                        .wrap(from_fn(console::guarded_headers))
                        .wrap(from_fn(metrics::count))
                        .configure(console::configure)
                        .default_service(web::to(console::not_found)),
                )
                .service(
                    web::scope("/_mock")
                        .wrap(from_fn(same_site))
                        .wrap(from_fn(metrics::count))
                        .service(
                            web::scope("/v1")
                                .wrap(from_fn(record))
                                .wrap(from_fn(guard))
                                .configure(routes::configure)
                                .configure(openapi::configure)
                                .default_service(web::to(admin::not_found)),
                        )
                        .service(
                            web::scope("/metrics")
                                .wrap(from_fn(guard))
                                .configure(routes::configure_metrics)
                                .default_service(web::to(admin::not_found)),
                        )
                        .configure(routes::configure_health)
                        .default_service(web::to(admin::not_found)),
                )
                .default_service(web::to(wire::answer))
                .wrap(from_fn(exchange));
            let app = map_config(app.into_factory(), |()| AppConfig::default());
            let stopping = stopping.clone();
            let http = HttpService::build()
                .graceful_shutdown_signal(move || {
                    let stopping = stopping.clone();
                    async move { stopping.notified().await }
                })
                // A connection knows better how long to wait for what.
                .keep_alive(KeepAlive::Os)
                .client_request_timeout(Duration::ZERO)
                .client_disconnect_timeout(LINGER)
                .local_addr(address)
                .on_connect_ext(|connection: &Connection, data| {
                    data.insert(connection.exchange.clone());
                    data.insert(connection.client.clone());
                })
                .finish(app.map_err(|error| error.error_response()));
            let (startup, crowd) = (startup.clone(), crowd.clone());
            fn_service(move |stream: TcpStream| {
                let peer = stream.peer_addr().ok();
                let connection = Connection::new(stream, &crowd, startup.clone(), limits);
                std::future::ready(Ok((connection, Protocol::Http1, peer)))
            })
            .and_then(http)
        })?;
    }
    Ok(server.run())
}
