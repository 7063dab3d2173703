//! How long requests wait for a connection of the store.

use std::time::Instant;

use prometheus_client::metrics::histogram::Histogram;

/// Upper bounds of buckets, in seconds. Nobody waits for more than thirty.
const BOUNDS: [f64; 8] = [0.000_1, 0.001, 0.01, 0.05, 0.25, 1.0, 5.0, 30.0];

/// The waits so far.
#[derive(Debug, Clone)]
pub struct Waits {
    /// For the one connection that writes.
    pub writer: Histogram,
    /// For one of those that read.
    pub reader: Histogram,
}

impl Default for Waits {
    fn default() -> Self {
        Self { writer: Histogram::new(BOUNDS), reader: Histogram::new(BOUNDS) }
    }
}

/// Measures a wait, whatever comes of it: also that of a client that goes away.
pub async fn measured<T>(waits: &Histogram, wait: impl Future<Output = T>) -> T {
    let _under_way = UnderWay { waits, started: Instant::now() };
    wait.await
}

struct UnderWay<'w> {
    waits: &'w Histogram,
    started: Instant,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.waits.observe(self.started.elapsed().as_secs_f64());
    }
}
