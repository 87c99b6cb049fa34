//! Which files a program reads, writes and deletes, told from its arguments.

use super::{Call, Examiner, flag_values, has_flag, operands, programs};

/// Whether a word can be the path of a file worth telling.
pub(super) fn is_path(word: &str) -> bool {
    let bare_variable = word.starts_with('$') && !word.contains('/');
    !word.is_empty()
        && word.len() <= 400
        && word != "-"
        && !bare_variable
        && !word.contains("$(")
        && !word.contains("://")
        && !word
            .chars()
            .any(|c| c.is_control() || "|<>;\"'`".contains(c))
        && !word.starts_with(['(', '{', '^'])
        && !is_nowhere(word)
}

/// Devices that swallow or invent.
fn is_nowhere(path: &str) -> bool {
    matches!(path.strip_prefix("/dev/"), Some(rest) if !rest.starts_with("tcp/") && !rest.starts_with("sd") && !rest.starts_with("disk"))
        || path.eq_ignore_ascii_case("nul")
        || path == "$null"
        || path.starts_with("/proc/self/fd")
}

/// Files that hold credentials, wherever they stand among the arguments.
fn looks_like_credentials(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    [
        "/.ssh/",
        "/.aws/",
        "/.kube/",
        "/.gnupg/",
        "/.docker/config",
        "/gcloud/",
    ]
    .iter()
    .any(|part| path.contains(part))
        || path.starts_with(".aws/")
        || path.starts_with(".ssh/")
        || name == ".env"
        || name.starts_with(".env.")
        || [".pem", ".p12", ".pfx", ".keystore", ".jks", ".kdbx"]
            .iter()
            .any(|end| name.ends_with(end))
        || matches!(
            name,
            "id_rsa"
                | "id_ed25519"
                | "id_ecdsa"
                | ".netrc"
                | ".npmrc"
                | ".pypirc"
                | ".git-credentials"
                | ".pgpass"
                | "credentials.json"
                | "service-account.json"
                | "shadow"
                | "sudoers"
                | "master.key"
        )
}

/// Tells the files that a call touches.
pub(super) fn touches(to: &mut Examiner, call: &Call<'_>) {
    let args = call.args;
    match call.program {
        "cat" | "tac" | "head" | "tail" | "less" | "more" | "bat" | "batcat" | "nl" | "wc"
        | "sort" | "uniq" | "cut" | "diff" | "cmp" | "comm" | "paste" | "md5sum" | "sha1sum"
        | "sha256sum" | "shasum" | "xxd" | "hexdump" | "od" | "strings" | "base64" | "column"
        | "zcat" | "gzcat" | "rev" | "pygmentize" | "gzip" | "gunzip" | "bzip2" | "xz" | "zstd"
        | "Get-Content" | "gc" | "type" => read_operands(to, args),
        "grep" | "egrep" | "fgrep" | "rg" | "ag" | "zgrep" | "ack" | "awk" | "gawk" | "jq"
        | "yq" | "Select-String" => {
            read_after_first(to, args);
        }
        "sed" if args.iter().any(|a| a.starts_with("-i")) => edit_in_place(to, args),
        "sed" => read_after_first(to, args),
        "tee" | "touch" | "truncate" | "Set-Content" | "Out-File" | "Add-Content" | "New-Item" => {
            operands(
                args,
                &["-s", "-d", "-r", "-t", "--size", "-Value", "-ItemType"],
            )
            .iter()
            .for_each(|path| to.write(path));
        }
        "cp" | "mv" | "install" | "ln" | "Copy-Item" | "Move-Item" => copy(to, args),
        "dd" => data_copy(to, args),
        "chmod" | "chown" | "chgrp" => operands(args, &[])
            .iter()
            .skip(1)
            .for_each(|path| to.write(path)),
        "tar" => tar(to, args),
        "zip" => {
            let named = operands(args, &["-x", "-i", "-P"]);
            if let Some((archive, sources)) = named.split_first() {
                sources.iter().for_each(|path| to.read(path));
                to.write(archive);
            }
        }
        "rm" | "unlink" | "rmdir" | "shred" | "srm" | "trash" | "Remove-Item" | "ri" | "del" => {
            let recursive =
                has_flag(args, Some('r'), "--recursive") || has_flag(args, Some('R'), "-Recurse");
            to.delete(&operands(args, &[]), !recursive);
        }
        "git" => git(to, args),
        "find" => find(to, args),
        program
            if programs::is_python(program)
                || matches!(program, "node" | "ruby" | "perl" | "php") =>
        {
            credentials(to, args);
        }
        _ => credentials(to, args),
    }
}

fn read_operands(to: &mut Examiner, args: &[String]) {
    let valued = [
        "-n",
        "-c",
        "-k",
        "-t",
        "-d",
        "-f",
        "-w",
        "-s",
        "-l",
        "-r",
        "-N",
        "-j",
        "-Tail",
        "-TotalCount",
        "-Encoding",
    ];
    operands(args, &valued)
        .iter()
        .for_each(|path| to.read(path));
    flag_values(args, &["-Path", "-LiteralPath"])
        .iter()
        .for_each(|path| to.read(path));
}

/// Programs whose first operand is a pattern or script, unless a flag gives it.
fn read_after_first(to: &mut Examiner, args: &[String]) {
    let valued = [
        "-e",
        "-f",
        "-A",
        "-B",
        "-C",
        "-m",
        "-g",
        "-t",
        "-T",
        "-F",
        "-v",
        "--arg",
        "--argjson",
        "--include",
        "--exclude",
        "--exclude-dir",
        "--regexp",
        "--file",
        "--glob",
        "--type",
        "--max-count",
        "-d",
        "--indent",
    ];
    // `grep -v` and `jq -e` take no value, `awk -v` and `sed -e` do.
    let plain: Vec<&str> = valued
        .iter()
        .copied()
        .filter(|f| *f != "-v" && *f != "-e" && *f != "-f")
        .collect();
    let given = ["-e", "-f", "--regexp", "--file"]
        .iter()
        .any(|f| args.iter().any(|a| a == f));
    let named = if given {
        operands(args, &valued)
    } else {
        operands(args, &plain)
    };
    named
        .iter()
        .skip(usize::from(!given))
        .for_each(|path| to.read(path));
}

/// `sed -i 's/…/…/' FILE`
fn edit_in_place(to: &mut Examiner, args: &[String]) {
    let given = args.iter().any(|a| a == "-e" || a == "-f");
    let named = operands(args, &["-e", "-f"]);
    let is_script = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next();
        let second = letters.next();
        matches!((first, second), (Some('s' | 'y'), Some(c)) if !c.is_alphanumeric() && c != '.')
            || word.starts_with(|c: char| c.is_ascii_digit() || c == '/' || c == '$')
                && word.ends_with(['d', 'p', '/'])
            || word.contains(char::is_whitespace)
    };
    // `sed -i '' script file`: on some systems the first operand is the backup suffix.
    let files = named
        .iter()
        .filter(|word| !word.is_empty() && (given || !is_script(word)));
    files.for_each(|path| to.write(path));
}

fn copy(to: &mut Examiner, args: &[String]) {
    let target = flag_values(args, &["-t", "--target-directory", "-Destination"]);
    let named = operands(args, &["-t", "-m", "-o", "-g", "-S", "-Destination"]);
    let (sources, last) = match (target.first(), named.split_last()) {
        (Some(target), _) => (named.as_slice(), *target),
        (None, Some((last, sources))) if !sources.is_empty() => (sources, *last),
        _ => return,
    };
    sources.iter().for_each(|path| to.read(path));
    to.write(last);
}

/// `dd if=FILE of=FILE`
fn data_copy(to: &mut Examiner, args: &[String]) {
    for arg in args {
        if let Some(path) = arg.strip_prefix("if=") {
            to.read(path);
        } else if let Some(path) = arg.strip_prefix("of=") {
            to.write(path);
        }
    }
}

fn tar(to: &mut Examiner, args: &[String]) {
    let Some(first) = args.first() else { return };
    // Old style: the first word is the bundle, dash or not.
    let creates = first.trim_start_matches('-').contains('c') && !first.starts_with("--")
        || has_flag(args, None, "--create");
    let mut named = operands(args, &["-f", "-C", "--exclude", "--file"]);
    let bundle = !first.starts_with('-');
    if bundle && !named.is_empty() {
        named.remove(0);
    }
    let long = flag_values(args, &["--file"]).first().copied();
    let archive = long.or_else(|| {
        let at = args.iter().position(|a| {
            !a.starts_with("--") && a.ends_with('f') && (a.starts_with('-') || bundle)
        })?;
        args.get(at + 1).map(String::as_str)
    });
    let sources = named.iter().filter(|n| Some(**n) != archive);
    if creates {
        sources.for_each(|path| to.read(path));
        archive.into_iter().for_each(|path| to.write(path));
    } else if let Some(path) = archive {
        to.read(path);
    }
}

fn git(to: &mut Examiner, args: &[String]) {
    let named = operands(args, &["-C", "-c", "--git-dir", "--work-tree"]);
    let (Some(verb), rest) = (named.first().copied(), named.get(1..).unwrap_or_default()) else {
        return;
    };
    let deletes = has_flag(args, Some('d'), "--delete") || has_flag(args, Some('D'), "");
    match verb {
        "rm" if !has_flag(args, None, "--cached") => {
            to.delete(rest, !has_flag(args, Some('r'), ""));
        }
        "clean"
            if has_flag(args, Some('f'), "--force") && !has_flag(args, Some('n'), "--dry-run") =>
        {
            to.delete_unnamed(None);
        }
        "branch" | "tag" if deletes && !rest.is_empty() => {
            to.delete_unnamed(Some(rest.len() as u64));
        }
        "push" if deletes && rest.len() > 1 => to.delete_unnamed(Some(rest.len() as u64 - 1)),
        "push" => {
            let removed = rest
                .iter()
                .filter(|r| r.starts_with(':') && r.len() > 1)
                .count() as u64;
            if removed > 0 {
                to.delete_unnamed(Some(removed));
            }
        }
        "worktree" if rest.first() == Some(&"remove") => to.delete(&rest[1..], false),
        "stash" if rest.first() == Some(&"drop") => to.delete_unnamed(Some(1)),
        "stash" if rest.first() == Some(&"clear") => to.delete_unnamed(None),
        _ => {}
    }
}

/// `find DIR -delete`, `find DIR -exec rm {} \;`
fn find(to: &mut Examiner, args: &[String]) {
    let folders: Vec<&str> = args
        .iter()
        .map(String::as_str)
        .take_while(|a| !a.starts_with(['-', '(', '!']))
        .collect();
    if args.iter().any(|a| a == "-delete") {
        to.delete(&folders, false);
    }
    let Some(start) = args
        .iter()
        .position(|a| matches!(a.as_str(), "-exec" | "-execdir" | "-ok"))
    else {
        return;
    };
    let inner: Vec<String> = args[start + 1..]
        .iter()
        .take_while(|a| !matches!(a.as_str(), ";" | "+"))
        .filter(|a| *a != "{}")
        .cloned()
        .collect();
    let removes = inner.first().is_some_and(|program| program == "rm");
    to.inner(&inner);
    if removes {
        to.delete(&folders, false);
    }
}

/// Any other program: only arguments that look like a file of credentials.
fn credentials(to: &mut Examiner, args: &[String]) {
    for arg in args {
        let value = match arg.split_once('=') {
            Some((flag, value)) if flag.starts_with('-') => value,
            _ => arg.as_str(),
        };
        let value = value.strip_prefix('@').unwrap_or(value);
        if !value.contains(char::is_whitespace)
            && looks_like_credentials(value)
            && !value.contains(':')
        {
            to.read(value);
        }
    }
}
