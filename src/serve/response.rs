//! What the server sends: every answer with the headers that keep a browser strict.

use super::Answer;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// A page as it would be published.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its bytes.
    pub bytes: Bytes,
    /// Two pages with the same print differ at most in the names of assets.
    pub print: String,
}

/// Sent with every answer.
const STRICT: [(HeaderName, &str); 7] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];

/// A body: bytes, or events as they come.
pub(super) enum Outgoing {
    Whole(Option<Bytes>),
    Events(mpsc::Receiver<Bytes>),
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = match self.get_mut() {
            Self::Whole(bytes) => Poll::Ready(bytes.take()),
            Self::Events(events) => events.poll_recv(context),
        };
        next.map(|bytes| bytes.map(|b| Ok(Frame::data(b))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |b| b.len() as u64))
            }
            Self::Events(_) => SizeHint::default(),
        }
    }
}

fn response(status: StatusCode, kind: &'static str, body: Outgoing) -> Response<Outgoing> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in STRICT {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

pub(super) fn whole(status: StatusCode, kind: &'static str, bytes: Bytes) -> Response<Outgoing> {
    response(status, kind, Outgoing::Whole(Some(bytes)))
}

/// A few words as plain text.
pub(super) fn plain(status: StatusCode, words: &str) -> Response<Outgoing> {
    let bytes = Bytes::from(format!("{words}\n"));
    whole(status, "text/plain; charset=utf-8", bytes)
}

pub(super) fn method_not_allowed() -> Response<Outgoing> {
    let words = "This preview is for reading: GET and HEAD only.";
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, words);
    let allowed = HeaderValue::from_static("GET, HEAD");
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}

pub(super) fn events(telling: mpsc::Receiver<Bytes>) -> Response<Outgoing> {
    response(
        StatusCode::OK,
        "text/event-stream",
        Outgoing::Events(telling),
    )
}

/// The answer to a question about a path.
pub(super) fn of_answer(path: &str, answer: Answer) -> Response<Outgoing> {
    match answer {
        Answer::Page(page) => {
            let kind = kind(path);
            let bytes = if kind == HTML {
                with_script(&page)
            } else {
                page.bytes
            };
            whole(StatusCode::OK, kind, bytes)
        }
        Answer::Missing(_) if kind(path) != HTML && path.contains('.') => {
            plain(StatusCode::NOT_FOUND, "There is no such file.")
        }
        Answer::Missing(page) => whole(StatusCode::NOT_FOUND, HTML, with_script(&page)),
        Answer::Failed(why) => {
            let words = format!("This page could not be made: {why}");
            stand_in(StatusCode::INTERNAL_SERVER_ERROR, &words)
        }
        Answer::NotYet => {
            let words = "There is nothing to show yet. This page loads again when there is.";
            stand_in(StatusCode::SERVICE_UNAVAILABLE, words)
        }
    }
}

/// A page of ours in place of one that is not there; it loads again like any other.
fn stand_in(status: StatusCode, words: &str) -> Response<Outgoing> {
    let mut text = String::new();
    crate::render::html::escape_into(words, &mut text);
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Daybrief</title>\
         </head><body><h1>Daybrief</h1><p>{text}</p></body></html>"
    );
    let bytes = Bytes::from(page);
    let print = String::new();
    whole(status, HTML, with_script(&Page { bytes, print }))
}

const HTML: &str = "text/html; charset=utf-8";

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => HTML,
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "xml" => "application/atom+xml; charset=utf-8",
        "json" => "application/json",
        "jsonl" => "application/x-ndjson",
        "csv" => "text/csv; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// What keeps a page from talking to anybody, and what lets ours talk to this server.
const SILENT: &str = "default-src 'none';";
const TALKING: &str = "default-src 'none'; connect-src 'self';";

/// The page with our script in it, which loads it again when it changes.
fn with_script(page: &Page) -> Bytes {
    let text = String::from_utf8_lossy(&page.bytes);
    let script = format!(
        "<script src=\"/_daybrief/reload.js\" data-print=\"{}\" defer></script>",
        page.print
    );
    let text = text.replacen(SILENT, TALKING, 1);
    Bytes::from(match text.rfind("</body>") {
        Some(end) => format!("{}{script}{}", &text[..end], &text[end..]),
        None => text + &script,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gets_the_script_and_nothing_else_changes() {
        let bytes = "<meta content=\"default-src 'none'; x\"><body>a</body></html>\n";
        let page = Page {
            bytes: bytes.into(),
            print: "12ab".to_owned(),
        };
        let script = "<script src=\"/_daybrief/reload.js\" data-print=\"12ab\" defer></script>";
        let served = String::from_utf8(with_script(&page).to_vec()).unwrap();
        assert!(served.contains(&format!("a{script}</body>")));
        assert!(served.contains("connect-src 'self'"));
        let plain = served.replace(script, "").replace(TALKING, SILENT);
        assert_eq!(plain, bytes);
    }
}
