//! Which hosts a program reaches, told from its arguments.

use super::addresses::{bare_host, copy_host, git_host, host};
use super::{Act, Call, Examiner, Request, flag_values, has_flag, operands, programs};

/// Flags of curl that take a value; what follows them is no address.
const CURL_VALUED: &[&str] = &[
    "-A",
    "-b",
    "-c",
    "-C",
    "-d",
    "-D",
    "-e",
    "-E",
    "-F",
    "-H",
    "-h",
    "-K",
    "-m",
    "-o",
    "-P",
    "-Q",
    "-r",
    "-T",
    "-t",
    "-u",
    "-U",
    "-w",
    "-x",
    "-X",
    "-y",
    "-Y",
    "-z",
    "--data",
    "--data-raw",
    "--data-binary",
    "--data-urlencode",
    "--form",
    "--header",
    "--output",
    "--user",
    "--request",
    "--upload-file",
    "--max-time",
    "--connect-timeout",
    "--retry",
    "--cacert",
    "--cert",
    "--key",
    "--proxy",
    "--user-agent",
    "--cookie",
    "--cookie-jar",
    "--write-out",
    "--json",
    "--resolve",
    "--referer",
    "--url",
    "--config",
    "--limit-rate",
    "--retry-delay",
];
/// Flags of curl that carry a body.
const CURL_BODY: &[&str] = &[
    "-d",
    "--data",
    "--data-raw",
    "--data-binary",
    "--data-urlencode",
    "-F",
    "--form",
    "--json",
];
const SSH_VALUED: &[&str] = &[
    "-b", "-c", "-D", "-E", "-e", "-F", "-I", "-i", "-J", "-L", "-l", "-m", "-O", "-o", "-p", "-P",
    "-Q", "-R", "-S", "-W", "-w",
];

/// Tells the requests of a call.
pub(super) fn requests(to: &mut Examiner, call: &Call<'_>) {
    let args = call.args;
    match call.program {
        "curl" | "wget" | "aria2c" | "curlie" => curl(to, call.program, args),
        "http" | "https" | "xh" | "xhs" => httpie(to, args),
        "Invoke-WebRequest" | "iwr" | "Invoke-RestMethod" | "irm" => invoke(to, args),
        "nc" | "ncat" | "netcat" | "telnet" if !has_flag(args, Some('l'), "--listen") => {
            let named = operands(args, &["-w", "-p", "-s", "-x", "-X", "-i"]);
            if let Some(name) = named.first().and_then(|n| bare_host(n)) {
                let port = named
                    .get(1)
                    .filter(|p| p.bytes().all(|b| b.is_ascii_digit()));
                to.request(
                    Some(port.map_or(name.clone(), |p| format!("{name}:{p}"))),
                    Some("connect"),
                );
            }
        }
        "ssh" | "mosh" | "autossh" | "ssh-copy-id" => ssh(to, args),
        "scp" | "rsync" | "sftp" => secure_copy(to, call.program, args),
        "git" => git(to, args),
        "gh" => github(to, args),
        "aws" | "gsutil" | "gcloud" | "s3cmd" | "s5cmd" => bucket(to, args),
        "rclone" => remote_folders(to, args),
        "npm" | "pnpm" | "yarn" | "cargo" | "twine" | "gem" | "docker" | "podman" => {
            publish(to, call.program, args);
        }
        "mail" | "mailx" | "sendmail" | "mutt" | "msmtp" => {
            let named = operands(args, &["-s", "-a", "-c", "-b", "-r", "-f"]);
            named
                .iter()
                .filter(|a| a.contains('@'))
                .for_each(|a| to.request(Some((*a).to_owned()), Some("mail")));
        }
        "psql" | "mysql" | "mongosh" | "mongo" | "redis-cli" | "pg_dump" | "mysqldump" => {
            database(to, args);
        }
        _ => named_addresses(to, call),
    }
}

fn method_word(word: &str) -> Option<&'static str> {
    const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    METHODS.into_iter().find(|m| word.eq_ignore_ascii_case(m))
}

fn curl(to: &mut Examiner, program: &str, args: &[String]) {
    let wget = program == "wget";
    let bodies = if wget {
        flag_values(
            args,
            &["--post-data", "--post-file", "--body-data", "--body-file"],
        )
    } else {
        flag_values(args, CURL_BODY)
    };
    let uploads = if wget {
        Vec::new()
    } else {
        flag_values(args, &["-T", "--upload-file"])
    };
    let stated = flag_values(
        args,
        if wget {
            &["--method"]
        } else {
            &["-X", "--request"]
        },
    );
    let method = match stated.first().map(|m| method_word(m)) {
        Some(method) => method,
        None if !uploads.is_empty() => Some("PUT"),
        None if !bodies.is_empty() && !has_flag(args, Some('G'), "--get") => Some("POST"),
        None if !wget && has_flag(args, Some('I'), "--head") => Some("HEAD"),
        None => Some("GET"),
    };
    uploads.iter().for_each(|path| to.read(path));
    for body in bodies {
        let file = body
            .strip_prefix('@')
            .or_else(|| body.split_once("=@").map(|(_, file)| file));
        file.into_iter()
            .for_each(|path| to.read(path.split(';').next().unwrap_or(path)));
    }
    let outputs = flag_values(
        args,
        if wget {
            &["-O", "--output-document"]
        } else {
            &["-o", "--output"]
        },
    );
    let valued: &[&str] = if wget {
        &[
            "-O", "-o", "-P", "-U", "-T", "-t", "-e", "-a", "-i", "--header", "--method",
        ]
    } else {
        CURL_VALUED
    };
    let named = operands(args, valued);
    let addresses = named.into_iter().chain(flag_values(args, &["--url"]));
    let mut reached = 0;
    for address in addresses.filter(|a| {
        a.contains("://") || a.contains('.') || a.starts_with("localhost") || a.starts_with('$')
    }) {
        to.request(bare_host(address), method);
        reached += 1;
    }
    if reached > 0 {
        outputs.iter().for_each(|path| to.write(path));
    }
}

fn httpie(to: &mut Examiner, args: &[String]) {
    let named = operands(args, &["-a", "--auth", "-o", "--output", "--session"]);
    let stated = named.first().and_then(|m| method_word(m));
    let mut rest = named.iter().skip(usize::from(stated.is_some()));
    let Some(address) = rest.next() else { return };
    let body = rest.any(|item| item.contains('=') && !item.contains("=="));
    to.request(
        bare_host(address),
        stated.or(Some(if body { "POST" } else { "GET" })),
    );
}

/// PowerShell's web commands.
fn invoke(to: &mut Examiner, args: &[String]) {
    let stated = flag_values(args, &["-Method"])
        .first()
        .and_then(|m| method_word(m));
    let addresses = args.iter().filter_map(|a| host(a));
    addresses.for_each(|address| to.request(Some(address), stated.or(Some("GET"))));
    flag_values(args, &["-OutFile"])
        .iter()
        .for_each(|path| to.write(path));
}

fn ssh(to: &mut Examiner, args: &[String]) {
    flag_values(args, &["-i"])
        .iter()
        .for_each(|path| to.read(path));
    let Some(name) = operands(args, SSH_VALUED)
        .first()
        .and_then(|n| bare_host(n))
    else {
        return;
    };
    let port = flag_values(args, &["-p"])
        .first()
        .copied()
        .filter(|p| p.bytes().all(|b| b.is_ascii_digit()));
    to.request(
        Some(port.map_or(name.clone(), |p| format!("{name}:{p}"))),
        Some("ssh"),
    );
}

fn secure_copy(to: &mut Examiner, program: &str, args: &[String]) {
    let valued: &[&str] = if program == "rsync" {
        &["-e", "--rsh", "--exclude", "--include", "-f", "--filter"]
    } else {
        SSH_VALUED
    };
    let named = operands(args, valued);
    let Some((last, sources)) = named.split_last() else {
        return;
    };
    let remote = |word: &&&str| host(word).or_else(|| copy_host(word)).is_some();
    let reached: Vec<String> = named
        .iter()
        .filter_map(|w| host(w).or_else(|| copy_host(w)))
        .collect();
    if program == "sftp" && reached.is_empty() {
        to.request(bare_host(last), Some("ssh"));
        return;
    }
    if !reached.is_empty() || program == "rsync" {
        sources
            .iter()
            .filter(|s| !remote(s))
            .for_each(|path| to.read(path));
        if !remote(&last) {
            to.write(last);
        }
    }
    reached
        .into_iter()
        .for_each(|name| to.request(Some(name), Some("ssh")));
}

fn git(to: &mut Examiner, args: &[String]) {
    let named = operands(
        args,
        &[
            "-C",
            "-c",
            "--git-dir",
            "--work-tree",
            "-o",
            "-b",
            "--branch",
            "--depth",
            "--origin",
        ],
    );
    let verb = named.first().copied().unwrap_or_default();
    let rest = named.get(1..).unwrap_or_default();
    let method = match verb {
        "push" => "push",
        "pull" | "fetch" | "clone" | "ls-remote" => "fetch",
        "remote" => {
            if let ["add" | "set-url", name, address] = rest {
                to.found
                    .remotes
                    .push(((*name).to_owned(), (*address).to_owned()));
            }
            return;
        }
        _ => return,
    };
    if has_flag(args, Some('n'), "--dry-run") && verb == "push" {
        return;
    }
    // Later words are refs: `HEAD:main` is no address.
    let address = rest.first().and_then(|w| git_host(w));
    // A clone of a local folder leaves nothing.
    if address.is_none() && verb == "clone" {
        return;
    }
    let remote = match (&address, rest.first()) {
        (Some(_), _) => None,
        (None, Some(name)) if !name.starts_with(['.', '/', '$']) => Some((*name).to_owned()),
        (None, _) => Some("origin".to_owned()),
    };
    to.act(Act::Request(Request {
        destination: address,
        method: Some(method),
        remote,
    }));
}

fn github(to: &mut Examiner, args: &[String]) {
    const LOCAL: [&str; 9] = [
        "auth",
        "config",
        "alias",
        "help",
        "version",
        "completion",
        "extension",
        "status",
        "browse",
    ];
    let valued = [
        "-R",
        "--repo",
        "--hostname",
        "-X",
        "--method",
        "-f",
        "-F",
        "-H",
        "-q",
        "--jq",
        "--input",
    ];
    let named = operands(args, &valued);
    let (Some(group), verb) = (named.first(), named.get(1).copied().unwrap_or_default()) else {
        return;
    };
    if LOCAL.contains(group) {
        return;
    }
    let stated = flag_values(args, &["-X", "--method"])
        .first()
        .and_then(|m| method_word(m));
    let fields = !flag_values(args, &["-f", "-F", "--field", "--raw-field", "--input"]).is_empty();
    let verb = if *group == "search" { "list" } else { verb };
    let method = match (*group, verb) {
        ("api", _) => stated.unwrap_or(if fields { "POST" } else { "GET" }),
        (_, "delete") => "DELETE",
        (
            _,
            "view" | "list" | "diff" | "checks" | "status" | "clone" | "checkout" | "download"
            | "watch",
        ) => "GET",
        _ => "POST",
    };
    let server = flag_values(args, &["--hostname"])
        .first()
        .and_then(|h| bare_host(h));
    to.request(
        Some(server.unwrap_or_else(|| "api.github.com".to_owned())),
        Some(method),
    );
}

/// `aws s3 cp FILE s3://bucket/key` and its kin.
fn bucket(to: &mut Examiner, args: &[String]) {
    let address = |word: &str| {
        let (scheme, rest) = word.split_once("://")?;
        let name = rest.split('/').next().filter(|n| !n.is_empty())?;
        matches!(scheme, "s3" | "gs").then(|| format!("{scheme}://{name}"))
    };
    let named = operands(
        args,
        &[
            "--profile",
            "--region",
            "--exclude",
            "--include",
            "--acl",
            "--project",
        ],
    );
    let reached: Vec<String> = named.iter().filter_map(|w| address(w)).collect();
    let removes = named.iter().any(|w| matches!(*w, "rm" | "rb"));
    let upload = named.last().is_some_and(|w| address(w).is_some())
        && named
            .iter()
            .any(|w| matches!(*w, "cp" | "mv" | "sync" | "put"));
    if let (true, Some(at)) = (
        upload,
        named
            .iter()
            .position(|w| matches!(*w, "cp" | "mv" | "sync" | "put")),
    ) {
        let sources = named[at + 1..].iter().filter(|w| !w.contains("://"));
        sources.for_each(|path| to.read(path));
    }
    let method = if removes {
        "DELETE"
    } else if upload {
        "PUT"
    } else {
        "GET"
    };
    if removes && !reached.is_empty() {
        to.delete_unnamed(None);
    }
    reached
        .into_iter()
        .for_each(|name| to.request(Some(name), Some(method)));
    for endpoint in flag_values(args, &["--endpoint-url"]) {
        to.request(host(endpoint), Some(method));
    }
}

/// `rclone copy FOLDER remote:path`
fn remote_folders(to: &mut Examiner, args: &[String]) {
    let named = operands(args, &["--config", "--include", "--exclude"]);
    let reached = named.iter().skip(1).filter_map(|w| copy_host(w));
    let reached: Vec<String> = reached.collect();
    named
        .iter()
        .skip(1)
        .filter(|w| !w.contains(':'))
        .for_each(|path| to.read(path));
    reached
        .into_iter()
        .for_each(|name| to.request(Some(format!("{name}:")), Some("copy")));
}

/// Programs that publish a package or an image.
fn publish(to: &mut Examiner, program: &str, args: &[String]) {
    let named = operands(args, &["-t", "--tag", "-H", "--host", "--context"]);
    let verb = named.first().copied().unwrap_or_default();
    let (destination, method) = match (program, verb) {
        ("npm" | "pnpm" | "yarn", "publish") => ("npmjs.org".to_owned(), "publish"),
        ("cargo", "publish") => ("crates.io".to_owned(), "publish"),
        ("twine", "upload") => (concat!("pypi", ".org").to_owned(), "publish"),
        ("gem", "push") => ("rubygems.org".to_owned(), "publish"),
        ("docker" | "podman", "push" | "pull" | "login") => {
            let image = named.get(1).copied().unwrap_or_default();
            let first = image
                .split('/')
                .next()
                .filter(|_| image.contains('/') || verb == "login");
            let registry = first
                .filter(|f| f.contains('.') || f.contains(':'))
                .and_then(bare_host);
            let method = if verb == "push" { "push" } else { "pull" };
            (registry.unwrap_or_else(|| "docker.io".to_owned()), method)
        }
        _ => return,
    };
    to.request(Some(destination), Some(method));
}

fn database(to: &mut Examiner, args: &[String]) {
    let address = args.iter().find_map(|a| host(a));
    let named = flag_values(args, &["-h", "--host"])
        .first()
        .and_then(|h| bare_host(h));
    if let Some(destination) = address.or(named) {
        to.request(Some(destination), Some("query"));
    }
}

/// Any other program: arguments that are an address as a whole.
fn named_addresses(to: &mut Examiner, call: &Call<'_>) {
    const TALK: [&str; 12] = [
        "grep", "egrep", "fgrep", "rg", "sed", "awk", "jq", "export", "[", "test", "cat", "tee",
    ];
    if programs::is_quiet(call.program) || TALK.contains(&call.program) {
        return;
    }
    for arg in call.args {
        let value = match arg.split_once('=') {
            Some((flag, value)) if flag.starts_with('-') => value,
            _ => arg.as_str(),
        };
        if !value.contains(char::is_whitespace)
            && let Some(destination) = host(value)
        {
            to.request(Some(destination), None);
        }
    }
}
