//! How whoever waits for long learns that its client is gone.

use std::rc::Rc;

use actix_web::HttpRequest;
use tokio::sync::Notify;

/// Of a connection: that nothing more comes from its client. The server tells it, as soon as it reads that.
#[derive(Debug, Clone, Default)]
pub struct Leaving(Rc<Notify>);

impl Leaving {
    /// The client is gone, or says that it has nothing more to say.
    pub fn tell(&self) {
        // Whoever begins to wait after that waits no longer: there is one request at a time, and none behind this one.
        self.0.notify_one();
    }

    /// Waits until the client of a request is gone.
    pub async fn wait(request: &HttpRequest) {
        match request.conn_data::<Self>() {
            Some(leaving) => leaving.0.notified().await,
            None => std::future::pending().await,
        }
    }
}
