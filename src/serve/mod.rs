//! A web server for one reader: shows the pages of a preview and tells them when to load
//! again. What is served is the site, a script of ours in each page, and nothing else.

mod guard;
mod response;

pub use response::Page;

use anyhow::{Context, Result};
use guard::{host_is_ours, origin_is_ours, page_path};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HOST, HeaderMap, ORIGIN};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use response::{Outgoing, plain};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

/// Where our own addresses begin; no page of a site does.
const OWN: &str = "/_daybrief/";
const SCRIPT: &str = include_str!("reload.js");
/// Connections at once: a browser opens six, and each open page holds one for its events.
const CONNECTIONS: usize = 256;
/// A request that does not come to its end in this time is dropped.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long to wait after a connection could not be taken.
const BREATH: Duration = Duration::from_millis(20);
/// Something is said to every page in this time, so that one that is gone is noticed.
const ALIVE: Duration = Duration::from_secs(15);
/// Ports that are tried after the wanted one.
const FURTHER_PORTS: u16 = 20;

/// A page that somebody asks for, and where the answer goes.
pub struct Question {
    /// Path relative to the site, as `queue.html`.
    pub path: String,
    /// Where the answer goes.
    pub answer: oneshot::Sender<Answer>,
}

/// What became of a question.
pub enum Answer {
    /// The page.
    Page(Page),
    /// The plan has no such page; this one says so.
    Missing(Page),
    /// It could not be made: why.
    Failed(String),
    /// There is no site yet.
    NotYet,
}

/// What every open page is told.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// Grows with each change of the site.
    pub generation: u64,
    /// Mistakes, as a JSON array.
    pub mistakes: Arc<str>,
    /// Published names of the assets by their plain ones, as a JSON object.
    pub assets: Arc<str>,
}

/// Opens the wanted port, or with `or_next` one of those after it that is free.
pub fn listen(wanted: SocketAddr, or_next: bool) -> Result<std::net::TcpListener> {
    let further = if or_next { FURTHER_PORTS } else { 0 };
    let last = wanted.port().saturating_add(further);
    let mut failed = None;
    for port in wanted.port()..=last {
        match std::net::TcpListener::bind(SocketAddr::new(wanted.ip(), port)) {
            Ok(listener) => {
                listener.set_nonblocking(true)?;
                return Ok(listener);
            }
            Err(e) => failed = Some(e),
        }
    }
    let failed = failed.unwrap_or_else(|| std::io::ErrorKind::AddrInUse.into());
    Err(failed).with_context(|| format!("cannot listen on {wanted}; choose another --port"))
}

/// Serves until the sender of `end` says so or is gone.
pub fn run(
    listener: std::net::TcpListener,
    ask: impl Fn(Question) + Send + Sync + 'static,
    status: watch::Receiver<Status>,
    end: oneshot::Receiver<()>,
) -> Result<()> {
    let bound = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener)?;
        let server = Arc::new(Server {
            bound,
            ask: Box::new(ask),
            status,
        });
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        tokio::pin!(end);
        loop {
            let next = async {
                let place = Arc::clone(&places).acquire_owned().await?;
                anyhow::Ok((place, listener.accept().await))
            };
            let (place, accepted) = tokio::select! {
                next = next => next?,
                _ = &mut end => return Ok(()),
            };
            let Ok((stream, _)) = accepted else {
                // It was given up before it was taken, or there are too many open files.
                tokio::time::sleep(BREATH).await;
                continue;
            };
            let server = Arc::clone(&server);
            tokio::spawn(async move {
                let _place = place;
                let answer = |request| {
                    let server = Arc::clone(&server);
                    async move { Ok::<_, Infallible>(server.answer(request).await) }
                };
                let _ = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEAD_TIME)
                    .serve_connection(TokioIo::new(stream), service_fn(answer))
                    .await;
            });
        }
    })
}

struct Server {
    bound: SocketAddr,
    ask: Box<dyn Fn(Question) + Send + Sync>,
    status: watch::Receiver<Status>,
}

impl Server {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Response<Outgoing> {
        if let Some(refusal) = self.refusal(&request) {
            return refusal;
        }
        let path = request.uri().path();
        match path.strip_prefix(OWN) {
            Some("reload.js") => response::whole(StatusCode::OK, "text/javascript", SCRIPT.into()),
            Some("events") => self.events(request.uri().query().unwrap_or_default()),
            Some(_) => plain(StatusCode::NOT_FOUND, "There is no such page."),
            None => match page_path(path) {
                Some(path) => response::of_answer(&path, self.page(path.clone()).await),
                None => plain(StatusCode::BAD_REQUEST, "That is no address of this site."),
            },
        }
    }

    /// What is not answered: other methods, other names, other sites.
    fn refusal(&self, request: &Request<Incoming>) -> Option<Response<Outgoing>> {
        let headers = request.headers();
        let hosts: Vec<_> = headers.get_all(HOST).iter().collect();
        let is_ours = |host: &str| host_is_ours(host, self.bound);
        let named = hosts.len() == 1 && hosts[0].to_str().is_ok_and(is_ours);
        // `GET http://elsewhere/` asks for another site, whatever its headers say.
        let authority = request
            .uri()
            .authority()
            .map(hyper::http::uri::Authority::as_str);
        if !named || !authority.is_none_or(is_ours) {
            let words = format!("This preview answers to {} only.", self.bound);
            return Some(plain(StatusCode::FORBIDDEN, &words));
        }
        if self.is_of_another_site(headers) {
            let words = "This preview answers its own pages only.";
            return Some(plain(StatusCode::FORBIDDEN, words));
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Some(response::method_not_allowed());
        }
        None
    }

    fn is_of_another_site(&self, headers: &HeaderMap) -> bool {
        let is_other = |origin: &hyper::header::HeaderValue| {
            !origin.to_str().is_ok_and(|o| origin_is_ours(o, self.bound))
        };
        headers.get_all(ORIGIN).iter().any(is_other)
    }

    async fn page(&self, path: String) -> Answer {
        let (answer, answered) = oneshot::channel();
        (self.ask)(Question { path, answer });
        let gone = || Answer::Failed("the preview is ending".to_owned());
        answered.await.unwrap_or_else(|_| gone())
    }

    /// Tells an open page what changes: it, the way it looks, mistakes.
    fn events(self: &Arc<Self>, query: &str) -> Response<Outgoing> {
        let value = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(n, _)| *n == name).map(|(_, value)| value)
        };
        let Some(path) = value("page").and_then(page_path) else {
            return plain(
                StatusCode::BAD_REQUEST,
                "Events are of one page of this site.",
            );
        };
        let print = value("print").unwrap_or_default().to_owned();
        let (told, telling) = mpsc::channel(4);
        tokio::spawn(Arc::clone(self).tell(path, print, told));
        response::events(telling)
    }

    /// Tells one open page, which was made with this print, until it is closed.
    async fn tell(self: Arc<Self>, path: String, print: String, told: mpsc::Sender<Bytes>) {
        let mut status = self.status.clone();
        let mut last = Status::default();
        loop {
            let now = status.borrow_and_update().clone();
            let mut events = Vec::new();
            if now.mistakes != last.mistakes {
                events.push(event("mistakes", &now.mistakes));
            }
            if now.generation != last.generation {
                let is_other = match self.page(path.clone()).await {
                    Answer::Page(page) | Answer::Missing(page) => page.print != print,
                    Answer::Failed(_) | Answer::NotYet => false,
                };
                events.push(if is_other {
                    event("reload", "{}")
                } else {
                    event("assets", &now.assets)
                });
            }
            last = now;
            for event in events {
                if told.send(event).await.is_err() {
                    return;
                }
            }
            let quiet = tokio::select! {
                changed = status.changed() => match changed {
                    Ok(()) => false,
                    Err(_) => return,
                },
                () = tokio::time::sleep(ALIVE) => true,
                () = told.closed() => return,
            };
            if quiet && told.send(Bytes::from_static(b":\n\n")).await.is_err() {
                return;
            }
        }
    }
}

/// A server-sent event; its data is JSON on one line.
fn event(name: &str, data: &str) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}
