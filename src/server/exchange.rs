//! One request and its answer. The HTTP layer gets the next request of a connection once the answer is complete,
//! because it answers as the last request that it has read asks for it: a HEAD behind a GET would take the body from the
//! GET's answer.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;
use actix_web::web::Bytes;

use crate::model::cut::Cut;

/// What a connection and the answering of its requests tell each other.
#[derive(Debug, Default)]
pub struct Exchange {
    is_open: Cell<bool>,
    is_last: Cell<bool>,
    cut: Cell<Option<Cut>>,
    reader: RefCell<Option<Waker>>,
}

impl Exchange {
    /// A request goes to the HTTP layer.
    pub fn begin(&self) {
        self.is_open.set(true);
    }

    /// The connection ends with this answer.
    pub fn make_last(&self) {
        self.is_last.set(true);
    }

    pub fn is_last(&self) -> bool {
        self.is_last.get()
    }

    /// How the connection is to fail with this answer, if it is. Told once.
    pub fn take_cut(&self) -> Option<Cut> {
        self.cut.take()
    }

    /// Whether a request is being answered.
    pub fn is_open(&self) -> bool {
        self.is_open.get()
    }

    /// Wakes the reader of the connection when the answer is complete.
    pub fn wake_at_end(&self, waker: &Waker) {
        self.reader.borrow_mut().replace(waker.clone());
    }
}

/// Ends the exchange when it is dropped.
struct End(Option<Rc<Exchange>>);

impl Drop for End {
    fn drop(&mut self) {
        if let Some(exchange) = &self.0 {
            exchange.is_open.set(false);
            let reader = exchange.reader.borrow_mut().take();
            if let Some(reader) = reader {
                reader.wake();
            }
        }
    }
}

/// The body of an answer, whose end is the end of the exchange.
pub struct Answer {
    body: BoxBody,
    _end: End,
}

impl MessageBody for Answer {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_next(context);
        if let Poll::Ready(Some(Err(error))) = &polled {
            tracing::error!(%error, "an answer breaks off");
        }
        polled
    }
}

/// Has the exchange of a request end with its answer.
pub async fn exchange(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<Answer>, Error> {
    let end = End(request.conn_data::<Rc<Exchange>>().cloned());
    if let Some(exchange) = &end.0
        && request.head().connection_type() == ConnectionType::Close
    {
        exchange.make_last();
    }
    let mut response = next.call(request).await?.map_into_boxed_body();
    if let Some(exchange) = &end.0 {
        if exchange.is_last() {
            response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
        }
        exchange.cut.set(response.response_mut().extensions_mut().remove());
    }
    Ok(response.map_body(|_, body| Answer { body, _end: end }))
}
