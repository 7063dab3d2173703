//! `ecs-mock healthcheck`: for containers, which have no curl.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::time::Duration;

use ureq::http::Method;

use super::client::{Client, READY};
use super::{Failure, HealthcheckArgs, output};

const TIMEOUT: Duration = Duration::from_secs(3);

pub fn run(args: &HealthcheckArgs) -> Result<(), Failure> {
    let addresses = args.listen.to_socket_addrs().map_err(|error| format!("{}: {error}", args.listen))?;
    let address = addresses.into_iter().next().ok_or("the address names no host")?;
    let client = Client::at(&format!("http://{}", reachable(address)), Some(TIMEOUT));
    client.call(&Method::GET, READY)?;
    output::line("ready")
}

/// A server on all addresses is reached on the loopback one.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}
