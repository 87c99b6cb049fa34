//! A running `daybrief watch`, and a reader of its pages.

use crate::harness::TestSite;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longer than anything takes; a test that waits so long has failed.
const LONG: Duration = Duration::from_secs(30);

/// A running watch; it ends with the test.
pub(crate) struct Watching {
    child: Child,
    said: Receiver<String>,
    port: u16,
}

/// An answer of the server.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let mut lines = self.head.lines().filter_map(|l| l.split_once(": "));
        let found = lines.find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_owned())
    }
}

/// Starts a watch of a site and waits until it says something.
pub(crate) fn watch(site: &TestSite, args: &[&str]) -> Watching {
    let mut child = Command::new(env!("CARGO_BIN_EXE_daybrief"))
        .arg("watch")
        .args(args)
        .current_dir(site.path(""))
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let (say, said) = channel();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if say.send(line).is_err() {
                break;
            }
        }
    });
    Watching {
        child,
        said,
        port: 0,
    }
}

/// Serves a site on a free port, and waits until it is shown.
pub(crate) fn serve(site: &TestSite) -> Watching {
    let mut watching = watch(site, &["--port", "0"]);
    let line = watching.says("Open http://127.0.0.1:");
    watching.set_port(&line);
    watching
}

impl Watching {
    /// Takes the port from the line that names it.
    pub(crate) fn set_port(&mut self, line: &str) {
        let after = line.split("127.0.0.1:").nth(1).unwrap();
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        self.port = digits.parse().unwrap();
    }

    /// Waits for a line with these words; what was said before is passed over.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> String {
        let until = Instant::now() + LONG;
        let mut heard = Vec::new();
        while let Ok(line) = self.said.recv_timeout(until - Instant::now()) {
            if line.contains(words) {
                return line;
            }
            heard.push(line);
        }
        panic!("never said {words:?}, but {heard:#?}");
    }

    /// The next line, if one comes in this time.
    pub(crate) fn next_line(&self, within: Duration) -> Option<String> {
        self.said.recv_timeout(within).ok()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ctrl-C ends it, in order.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn ends_on_ctrl_c(&mut self) {
        let id = self.id().to_string();
        let kill = Command::new("kill").args(["-INT", &id]).status();
        assert!(kill.unwrap().success());
        self.says("ended");
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"), &[("Host", &self.host())])
    }

    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Sends a request as it is.
    pub(crate) fn ask(&self, line: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            request.extend([*name, ": ", *value, "\r\n"]);
        }
        request.push_str("\r\n");
        self.send(request.as_bytes())
    }

    pub(crate) fn send(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect();
        stream.write_all(request).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no head: {:?}", String::from_utf8_lossy(&bytes)));
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer {
            status,
            head,
            body: bytes[end + 4..].to_vec(),
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream
    }

    /// Opens a page as a browser does: the page, and then its events.
    pub(crate) fn open(&self, path: &str) -> Events {
        let page = self.get(path).text();
        let print = page.split("data-print=\"").nth(1).unwrap();
        let print = print.split('"').next().unwrap();
        let mut stream = self.connect();
        let host = self.host();
        write!(
            stream,
            "GET /_daybrief/events?page={path}&print={print} HTTP/1.1\r\nHost: {host}\r\n\r\n"
        )
        .unwrap();
        let mut events = Events {
            lines: BufReader::new(stream),
        };
        assert_eq!(events.next().0, "mistakes", "the state of things at first");
        assert_eq!(events.next().0, "assets", "the page is as it was made");
        events
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The events of an open page.
pub(crate) struct Events {
    lines: BufReader<TcpStream>,
}

impl Events {
    /// Waits for the next event: its name and its data.
    pub(crate) fn next(&mut self) -> (String, String) {
        let mut name = String::new();
        // A stream that has nothing to say still says that it is there.
        let begun = Instant::now();
        while begun.elapsed() < LONG {
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "the end");
            let line = line.trim_end();
            if let Some(event) = line.strip_prefix("event: ") {
                event.clone_into(&mut name);
            } else if let Some(data) = line.strip_prefix("data: ") {
                return (name, data.to_owned());
            }
        }
        panic!("no event came");
    }
}
