//! How a program is named: base name, verb, and the flags that matter.

use super::{Call, flag_values, has_flag, operands};

/// Bytes of a word that can be a program's name, and of a name to which flags are added.
const LONGEST: usize = 120;

/// Flags that matter whatever the program.
const TELLING: &[&str] = &[
    "--force",
    "--force-with-lease",
    "--hard",
    "--no-verify",
    "--no-gpg-sign",
    "--insecure",
    "--privileged",
    "--mirror",
    "--delete",
    "--no-sandbox",
    "--dangerously-skip-permissions",
    "--dangerously-bypass-approvals-and-sandbox",
    "--yolo",
    "--auto-approve",
    "-auto-approve",
    "--break-system-packages",
    "--no-preserve-root",
    "--global",
    "--amend",
    "--admin",
    "--allow-unauthenticated",
];

/// Programs whose first operand is a verb, the flags that take a value before
/// it, and how many verbs there are.
fn verbs(program: &str) -> Option<(&'static [&'static str], usize)> {
    Some(match program {
        "git" => (&["-C", "-c", "--git-dir", "--work-tree", "--namespace"], 1),
        "npm" | "pnpm" | "yarn" | "bun" => (
            &["--prefix", "-C", "--dir", "--cwd", "-w", "--filter", "-F"],
            1,
        ),
        "gh" => (&["-R", "--repo", "--hostname"], 2),
        "docker" | "podman" | "nerdctl" => (&["-H", "--host", "--context", "-c"], 1),
        "docker-compose" => (&["-f", "--file", "-p", "--project-name"], 1),
        "kubectl" | "oc" => (&["-n", "--namespace", "--context", "--kubeconfig", "-s"], 1),
        "helm" => (&["-n", "--namespace", "--kube-context"], 1),
        "aws" => (&["--profile", "--region", "--output", "--endpoint-url"], 2),
        "gcloud" => (
            &["--project", "--account", "--zone", "--region", "--format"],
            3,
        ),
        "az" => (&["--subscription", "-o", "--output"], 2),
        "heroku" | "flyctl" | "fly" | "vercel" | "netlify" | "wrangler" | "firebase"
        | "supabase" | "doctl" | "vault" | "op" | "bw" | "pass" | "launchctl" | "systemctl"
        | "service" | "brew" | "apt" | "apt-get" | "dnf" | "yum" | "apk" | "pacman" | "snap"
        | "pip" | "pip3" | "pipx" | "uv" | "poetry" | "conda" | "gem" | "bundle" | "go"
        | "rustup" | "make" | "mise" | "just" | "mix" | "dotnet" | "deno" | "twine" | "claude"
        | "codex" | "gsutil" | "rclone" | "tmux" | "ollama" | "composer" | "turbo" | "nx"
        | "jj" | "hg" | "svn" | "ansible-vault" => (&[], 1),
        "cargo" => (&["--config", "-C", "--manifest-path"], 1),
        "terraform" | "tofu" | "terragrunt" | "pulumi" => (&["-chdir"], 1),
        _ => return None,
    })
}

/// Verbs that are followed by another one.
const LEADING: &[&str] = &[
    "git remote",
    "git stash",
    "git worktree",
    "git submodule",
    "git bisect",
    "git reflog",
    "git filter-branch",
    "npm run",
    "pnpm run",
    "yarn run",
    "bun run",
    "npm config",
    "npm token",
    "npm exec",
    "docker compose",
    "docker container",
    "docker image",
    "docker volume",
    "docker network",
    "docker system",
    "docker buildx",
    "podman container",
    "terraform state",
    "terraform workspace",
    "helm repo",
    "brew services",
    "go mod",
    "uv pip",
    "uv tool",
    "vault kv",
    "launchctl bootstrap",
    "claude mcp",
    "codex mcp",
    "claude plugin",
    "wrangler secret",
];

/// Verbs of agents; any other operand of theirs is a prompt.
const AGENT_VERBS: &[&str] = &[
    "mcp",
    "plugin",
    "add",
    "add-json",
    "remove",
    "list",
    "get",
    "update",
    "install",
    "doctor",
    "exec",
    "login",
    "logout",
    "setup-token",
];

fn takes_prompt(program: &str) -> bool {
    matches!(program, "claude" | "codex")
}

/// Last part of a program's path, without `.exe`.
pub(super) fn base_name(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name.strip_suffix(".exe").unwrap_or(name)
}

/// Shell builtins of no consequence.
pub(super) fn is_quiet(program: &str) -> bool {
    matches!(
        program,
        "cd" | "pushd"
            | "popd"
            | "pwd"
            | "echo"
            | "printf"
            | "export"
            | "set"
            | "unset"
            | "local"
            | "declare"
            | "typeset"
            | "readonly"
            | "shift"
            | "return"
            | "exit"
            | "break"
            | "continue"
            | "true"
            | "false"
            | ":"
            | "["
            | "[["
            | "]]"
            | "test"
            | "wait"
            | "sleep"
            | "read"
            | "trap"
            | "shopt"
            | "alias"
            | "in"
            | "hash"
            | "Set-Location"
            | "Write-Host"
            | "Write-Output"
    )
}

/// Whether a program runs shell text.
pub(super) fn is_shell(program: &str) -> bool {
    matches!(
        program,
        "sh" | "bash" | "zsh" | "dash" | "ksh" | "fish" | "ash"
    )
}

/// Whether a wrapper is worth telling.
pub(super) fn is_told(program: &str) -> bool {
    matches!(
        program,
        "sudo" | "doas" | "xargs" | "su" | "nohup" | "setsid" | "parallel"
    )
}

/// The command inside a wrapper (`sudo`, `env`, `timeout 5`, `xargs -n1`), if this is one.
pub(super) fn unwrap<'a>(program: &str, args: &'a [String]) -> Option<&'a [String]> {
    let (valued, skipped): (&[&str], usize) = match program {
        "sudo" | "doas" => (
            &[
                "-u", "-g", "-h", "-p", "-C", "-r", "-t", "--user", "--group",
            ],
            0,
        ),
        "env" => (&["-u", "-C", "-S", "--unset", "--chdir"], 0),
        "command" | "builtin" | "exec" | "nohup" | "setsid" | "chronic" | "caffeinate" | "rtk" => {
            (&["-a"], 0)
        }
        "time" => (&["-f", "-o"], 0),
        "nice" | "ionice" | "chrt" => (&["-n", "-c", "-p"], 0),
        "timeout" | "gtimeout" => (&["-s", "-k", "--signal", "--kill-after"], 1),
        "stdbuf" => (&["-i", "-o", "-e"], 0),
        "watch" => (&["-n", "-d", "--interval"], 0),
        "xargs" => (&["-n", "-I", "-L", "-P", "-d", "-s", "-a", "-E", "-J"], 0),
        _ => return None,
    };
    // `command -v git` asks, it does not run.
    let own = || args.iter().take_while(|a| a.starts_with('-'));
    if program == "command" && own().any(|a| !a.starts_with("--") && a.contains('v')) {
        return Some(&[]);
    }
    let mut at = 0;
    let mut skipped = skipped;
    while let Some(arg) = args.get(at) {
        if arg == "--" {
            at += 1;
            break;
        }
        if arg.len() > 1 && arg.starts_with('-') {
            at += 1 + usize::from(valued.contains(&arg.as_str()));
        } else if super::words::assignment(arg).is_some()
            && matches!(program, "env" | "sudo" | "doas")
        {
            at += 1;
        } else if skipped > 0 {
            skipped -= 1;
            at += 1;
        } else {
            break;
        }
    }
    Some(args.get(at..).unwrap_or_default())
}

/// Program, verb and telling flags; `None` for a word that cannot be a program.
pub(super) fn name(word: &str, call: &Call<'_>) -> Option<String> {
    let mut name = shown(word, call.program)?;
    let args = call.args;
    if let Some((valued, count)) = verbs(call.program) {
        let mut operands = operands(args, valued).into_iter();
        for nth in 0..=count {
            if nth == count && !LEADING.contains(&name.as_str()) {
                break;
            }
            let Some(verb) = operands.next().filter(|v| is_verb(v)) else {
                break;
            };
            if takes_prompt(call.program) && !AGENT_VERBS.contains(&verb) {
                break;
            }
            name.push(' ');
            name.push_str(verb);
        }
    } else if matches!(call.program, "npx" | "bunx" | "uvx" | "pnpx")
        && let Some(run) = operands(args, &["-p", "--package", "--from"])
            .into_iter()
            .find(|o| *o != "--")
            .filter(|o| is_plain(o))
    {
        name.push(' ');
        name.push_str(run);
    }
    for flag in telling(call, &name) {
        let flag = format!(" {flag}");
        if name.len() < LONGEST && !name.contains(&flag) {
            name.push_str(&flag);
        }
    }
    Some(name)
}

/// A program from a usual folder by its base name, any other by its path.
fn shown(word: &str, base: &str) -> Option<String> {
    if !is_plain(word) || base.is_empty() {
        return None;
    }
    let plain = word.strip_suffix(".exe");
    let folder = plain.unwrap_or(word).strip_suffix(base)?;
    let usual = folder.is_empty()
        || folder.ends_with("bin/")
        || folder.contains("/nix/store/")
        || plain.is_some();
    Some(if usual {
        base.to_owned()
    } else {
        word.to_owned()
    })
}

/// What a program's name can be made of; a stray sentence is not one.
fn is_plain(word: &str) -> bool {
    (1..=LONGEST).contains(&word.len())
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-+/@~:\\$".contains(c))
        && word.chars().any(|c| c.is_ascii_alphabetic())
        && !word.starts_with('-')
        && !word.contains("://")
}

fn is_verb(word: &str) -> bool {
    word.len() <= 40
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_:.".contains(c))
}

/// The flags that matter for this program.
fn telling(call: &Call<'_>, name: &str) -> Vec<String> {
    let args = call.args;
    let short = |c: char| has_flag(args, Some(c), "");
    let mut flags: Vec<String> = Vec::new();
    let mut add = |flag: &str| flags.push(flag.to_owned());
    let verb = name.split(' ').nth(1).unwrap_or_default();
    match (call.program, verb) {
        ("rm", _) => {
            let recursive = short('r') || short('R') || has_flag(args, None, "--recursive");
            let force = short('f') || has_flag(args, None, "--force");
            match (recursive, force) {
                (true, true) => add("-rf"),
                (true, false) => add("-r"),
                (false, true) => add("-f"),
                _ => {}
            }
            return flags;
        }
        ("git", "push") => {
            let forced = operands(args, &[]).iter().any(|o| o.starts_with('+'));
            if short('f') || forced {
                add("--force");
            }
            if short('d')
                || operands(args, &[])
                    .iter()
                    .any(|o| o.starts_with(':') && o.len() > 1)
            {
                add("--delete");
            }
        }
        ("git", "clean" | "checkout" | "switch" | "tag") if short('f') => add("-f"),
        ("git", "branch") if short('D') => add("-D"),
        ("git", "branch" | "tag") if short('d') => add("-d"),
        ("git", "commit") if short('n') => add("--no-verify"),
        ("npm" | "pnpm" | "yarn", "install" | "add" | "i") if short('g') => add("--global"),
        ("docker" | "podman", "rm" | "rmi") if short('f') => add("--force"),
        ("chmod", _) => {
            if short('R') {
                add("-R");
            }
            if let Some(mode) = operands(args, &[])
                .first()
                .filter(|m| m.len() <= 12 && is_plain(&format!("m{m}")))
            {
                add(mode);
            }
        }
        ("chown" | "cp", _) if short('R') || short('r') => add("-R"),
        ("tar", _) => tar_mode(args).into_iter().for_each(&mut add),
        ("base64", _) if short('d') || short('D') || has_flag(args, None, "--decode") => {
            add("--decode");
        }
        ("curl", _) => {
            for method in flag_values(args, &["-X", "--request"]) {
                if is_plain(method) {
                    add(&format!("-X {}", method.to_ascii_uppercase()));
                }
            }
            if short('k') {
                add("--insecure");
            }
        }
        ("sed" | "perl" | "ruby", _) if args.iter().any(|a| a.starts_with("-i") || a == "-pi") => {
            add("-i");
        }
        ("find" | "fd", _) if args.iter().any(|a| a == "-delete") => add("-delete"),
        ("crontab", _) => {
            let flag = args
                .iter()
                .find(|a| matches!(a.as_str(), "-r" | "-e" | "-l" | "-"));
            flag.into_iter().for_each(|f| add(f));
        }
        ("nc" | "ncat" | "netcat", _) if short('l') => add("-l"),
        ("nc" | "ncat" | "netcat", _) if short('e') => add("-e"),
        _ => {}
    }
    interpreter(call, &mut flags);
    let known = args.iter().take_while(|a| *a != "--");
    let known = known.map(|a| a.split('=').next().unwrap_or(a));
    flags.extend(known.filter(|a| TELLING.contains(a)).map(str::to_owned));
    flags
}

fn tar_mode(args: &[String]) -> Option<&'static str> {
    let first = args.first()?.trim_start_matches('-');
    let flag = |c: char, long: &str| first.contains(c) || has_flag(args, Some(c), long);
    if flag('c', "--create") {
        Some("-c")
    } else if flag('x', "--extract") {
        Some("-x")
    } else {
        None
    }
}

/// Inline code, piped code and here-documents of interpreters.
fn interpreter(call: &Call<'_>, flags: &mut Vec<String>) {
    let inline = match call.program {
        "node" | "bun" | "ruby" | "perl" | "osascript" | "lua" => "-e",
        "php" | "Rscript" => "-r",
        "deno" => return,
        "pwsh" | "powershell" => "-Command",
        program if is_shell(program) || is_python(program) => "-c",
        _ => return,
    };
    let args = call.args;
    let letter = inline.chars().nth(1);
    let bundled = inline.len() == 2 && has_flag(&args[..args.len().min(3)], letter, "");
    if bundled || args.iter().any(|a| a == inline) {
        flags.push(inline.to_owned());
    } else if let Some(module) = args
        .iter()
        .position(|a| a == "-m")
        .and_then(|i| args.get(i + 1))
    {
        if is_python(call.program) && is_plain(module) {
            flags.push(format!("-m {module}"));
        }
    } else if operands(args, &[]).iter().all(|o| *o == "-") {
        if call.document.is_some() {
            flags.push("(here-document)".to_owned());
        } else if call.piped {
            flags.push("(piped)".to_owned());
        }
    }
}

/// `python`, `python3`, `python3.12`
pub(super) fn is_python(program: &str) -> bool {
    program
        .strip_prefix("python")
        .is_some_and(|version| version.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}
