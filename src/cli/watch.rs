//! `daybrief watch`

use super::arguments;
use super::report::Report;
use super::{Outcome, World, build};
use crate::preview::Work;
use crate::render::pages::counted;
use crate::render::plain::printable;
use crate::serve;
use crate::watch::{self, End, Mistake, Options, Shown, Told};
use anyhow::Result;
use std::cell::{Cell, RefCell};
use std::io::BufRead;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

/// Names of changed inputs that are told.
const NAMED: usize = 3;

pub(super) fn run(
    root: &Path,
    args: &arguments::Watch,
    world: &World,
    report: &Report,
) -> Result<Outcome> {
    anyhow::ensure!(root.is_dir(), "there is no folder {}", root.display());
    if !args.no_serve && !args.bind.is_loopback() && !args.i_know {
        anyhow::bail!(
            "{} can be reached from other machines, and whoever reaches it reads every brief: nobody is asked for a password. If that is meant, add --i-know; else leave --bind out",
            args.bind
        );
    }
    let listener = if args.no_serve {
        None
    } else {
        let wanted = args.port.unwrap_or(arguments::PORT);
        let wanted = SocketAddr::new(args.bind, wanted);
        Some(serve::listen(wanted, args.port.is_none())?)
    };
    let address = match &listener {
        Some(listener) => Some(listener.local_addr()?),
        None => None,
    };
    if let Some(address) = address {
        if args.port.is_none() && address.port() != arguments::PORT {
            report.say(&format!("port {} is taken", arguments::PORT));
        }
        report.say(&format!(
            "Open http://{}/ (q and Enter, or Ctrl-C, ends)",
            from_here(address)
        ));
    }
    let output = args.output.clone();
    let output = output.or_else(|| args.no_serve.then(|| "public".into()));
    let publish = output.map(|output| arguments::Build {
        output,
        rebuild_all: false,
    });
    let warned = report.warned();
    let publish = publish.as_ref().map(|to| {
        let warned = &warned;
        move || {
            // It has said why.
            let _ = build::publish(root, to, warned, &|| false).inspect_err(|e| report.failure(e));
        }
    });
    let is_first = Cell::new(true);
    let said = RefCell::new(Vec::new());
    let bar = report.progress();
    let tell = |told: &Told| {
        bar.finish_and_clear();
        match told {
            Told::Polls => report.say(
                "the system tells of no changes here (its watches may be used up): looking every second",
            ),
            Told::Shown(shown) => {
                // What has been said already is not said again with every change.
                if said.replace(shown.diagnostics.clone()) != shown.diagnostics {
                    report.diagnostics(&shown.diagnostics);
                }
                report.say(&printable(&line(shown)));
                if is_first.replace(false)
                    && args.open
                    && let Some(address) = address
                {
                    open(address, report);
                }
            }
            Told::Mistakes(mistakes) => {
                for one in mistakes {
                    mistake(one, report);
                }
                report.say(if is_first.get() {
                    "there is nothing to show until it is mended"
                } else {
                    "the last good state stands until it is mended"
                });
            }
        }
    };
    watch::run(
        Options {
            root,
            listener,
            poll: args.poll,
            publish: publish.as_ref().map(|p| p as &dyn Fn()),
            tell: &tell,
            progress: &|id, at, all| bar.set_message(format!("edition {id} ({at} of {all})")),
        },
        |end| end_when_asked(&end, world.has_keys),
    )?;
    report.say("ended");
    Ok(Outcome::Done)
}

/// `content/method.md changed: pages made anew in 12 ms. 3 sessions matter now. 16 editions.`
fn line(shown: &Shown) -> String {
    let Shown {
        changed, headline, ..
    } = shown;
    let what = match changed.len() {
        0 => String::new(),
        n if n <= NAMED => format!("{} changed: ", changed.join(", ")),
        n => format!(
            "{} and {} changed: ",
            changed[..NAMED].join(", "),
            counted(n - NAMED, "other", "others")
        ),
    };
    let done = match shown.work {
        Work::Look => "pages made anew".to_owned(),
        Work::Editions(0) if !changed.is_empty() => "latest edition judged anew".to_owned(),
        Work::Editions(n) => format!("{} judged", counted(n + 1, "edition", "editions")),
    };
    format!(
        "{what}{done} in {}. {headline}. {}.",
        span(shown.took),
        counted(shown.editions, "edition", "editions")
    )
}

/// The address by which this machine reaches it: "every address" is none.
fn from_here(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}

fn span(took: Duration) -> String {
    match took.as_millis() {
        ms if ms < 10_000 => format!("{ms} ms"),
        ms => format!("{} s", ms / 1000),
    }
}

fn mistake(mistake: &Mistake, report: &Report) {
    let indented = |text: &str| text.replace('\n', "\n    ");
    let mut words = format!("{}: {}", mistake.place, mistake.message);
    if !mistake.excerpt.is_empty() {
        words = format!("{words}\n    {}", indented(&mistake.excerpt));
    }
    if !mistake.mend.is_empty() {
        words = format!("{words}\n  mend: {}", mistake.mend);
    }
    report.mistake(&words);
}

fn open(address: SocketAddr, report: &Report) {
    if let Err(e) = open::that_detached(format!("http://{}/", from_here(address))) {
        report.say(&format!("cannot open a browser: {e}"));
    }
}

/// Ends the watch on Ctrl-C, and on `q` at the keyboard. A second Ctrl-C ends at once.
fn end_when_asked(end: &End, has_keys: bool) {
    let by_signal = end.clone();
    super::interrupt::when_asked(move || by_signal.now());
    if !has_keys {
        return;
    }
    let by_key = end.clone();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if matches!(line.trim(), "q" | "quit" | "exit") {
                return by_key.now();
            }
        }
    });
}
