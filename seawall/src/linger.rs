//! Lingering: a refusal that comes before a body has been read reaches who is still sending it.
//!
//! Where a server answers and closes while a client still writes, the client's network stack throws
//! the answer away and reports a broken connection: the words that say what to do are lost. So what
//! is left of a body is read and dropped for a while, as web servers have done for long.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt;
use http_body::{Frame, SizeHint};
use model::limits;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// How long what nobody wants is read.
const TIME: Duration = Duration::from_secs(5);

/// How much of it is read, in bytes.
const BYTES: usize = 2 * limits::REQUEST_BYTES;

/// Lets the body of each request linger.
pub async fn linger(request: Request, next: Next) -> Response {
    // Who asks first whether to send has not sent, and will not when it is told no.
    if request.headers().contains_key(header::EXPECT) {
        return next.run(request).await;
    }
    next.run(request.map(|body| Body::new(Lingering(body)))).await
}

/// A body that is read on when it is dropped before its end.
struct Lingering(Body);

impl HttpBody for Lingering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let rest = std::mem::take(&mut self.0);
        if let (false, Ok(runtime)) = (rest.is_end_stream(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(tokio::time::timeout(TIME, discard(rest)));
        }
    }
}

/// Reads a body to its end, a failure, or the bound, and keeps nothing.
async fn discard(body: Body) -> usize {
    let mut data = body.into_data_stream();
    let mut read = 0;
    while let Some(Ok(bytes)) = data.next().await {
        read += bytes.len();
        if read > BYTES {
            break;
        }
    }
    read
}
