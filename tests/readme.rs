//! Every sample in every document does what it says.
//!
//! ` ```task file=NAME ` writes a file; ` ```console ` holds commands behind `$` with exactly what they print, `…` standing for
//! anything within a line and `...` on a line of its own for any lines. A document is one session in one folder.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Stdio};

use crate::support::{Folder, listens, repository, taskc, until};

/// What a document is made of.
enum Part<'d> {
    /// A line outside of blocks.
    Line(&'d str),
    /// A fenced block: its first line, counted from 1, what stands behind the fence, and its lines.
    Block { line: usize, info: &'d str, lines: Vec<&'d str> },
}

fn parts(document: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut lines = (1..).zip(document.lines());
    while let Some((line, text)) = lines.next() {
        parts.push(match text.strip_prefix("```") {
            Some(info) => {
                let inner = lines.by_ref().map(|(_, it)| it).take_while(|it| *it != "```");
                Part::Block { line, info: info.trim(), lines: inner.collect() }
            }
            None => Part::Line(text),
        });
    }
    parts
}

/// Servers that a document started; they end with it.
#[derive(Default)]
struct Servers(Vec<Child>);

impl Drop for Servers {
    fn drop(&mut self) {
        for server in &mut self.0 {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// What a command prints, on both outputs.
fn output(folder: &Folder, command: &str, servers: &mut Servers) -> String {
    let words: Vec<&str> = command.split_whitespace().collect();
    let ["taskc", args @ ..] = words.as_slice() else {
        panic!("a document shows another command than taskc: {command}")
    };
    let mut run = taskc(folder.path());
    if let [args @ .., "&"] = args {
        let run = run.args(args).stdout(Stdio::null()).stderr(Stdio::null());
        servers.0.push(run.spawn().unwrap());
        until("the server listens", || listens(folder));
        return String::new();
    }
    let output = run.args(args).output().unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap();
    text.push_str(std::str::from_utf8(&output.stderr).unwrap());
    text
}

/// The document with what its commands print now.
fn replayed(document: &str) -> String {
    let folder = Folder::new();
    let mut servers = Servers::default();
    let mut now = String::new();
    for part in parts(document) {
        match part {
            Part::Line(line) => writeln!(now, "{line}").unwrap(),
            Part::Block { info: "console", lines, .. } => {
                let session = session(&lines, &folder, &mut servers);
                write!(now, "```console\n{session}```\n").unwrap();
            }
            Part::Block { info, lines, .. } => {
                let text = lines.join("\n") + "\n";
                if let Some((_, name)) = info.split_once("file=") {
                    folder.write(name, &text);
                }
                write!(now, "```{info}\n{text}```\n").unwrap();
            }
        }
    }
    now
}

fn session(lines: &[&str], folder: &Folder, servers: &mut Servers) -> String {
    let mut now = String::new();
    let mut at = 0;
    while at < lines.len() {
        let command = lines[at].strip_prefix("$ ").expect("output follows its command");
        let shown = lines[at + 1..].iter().take_while(|it| !it.starts_with("$ "));
        let shown: Vec<&str> = shown.copied().collect();
        at += 1 + shown.len();
        let printed = output(folder, command, servers);
        let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
        writeln!(now, "$ {command}").unwrap();
        let lines = if agrees(&shown, &printed) { &shown } else { &printed };
        for line in lines {
            writeln!(now, "{line}").unwrap();
        }
    }
    now
}

fn agrees(shown: &[&str], printed: &[&str]) -> bool {
    match (shown, printed) {
        ([], []) => true,
        (["...", shown @ ..], _) => (0..=printed.len()).any(|from| agrees(shown, &printed[from..])),
        ([first, shown @ ..], [line, printed @ ..]) => {
            line_agrees(first, line) && agrees(shown, printed)
        }
        _ => false,
    }
}

fn line_agrees(shown: &str, line: &str) -> bool {
    let Some((before, behind)) = shown.split_once('…') else { return shown == line };
    let Some(rest) = line.strip_prefix(before) else { return false };
    let starts = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    starts.into_iter().any(|at| line_agrees(behind, &rest[at..]))
}

#[test]
fn documents_say_what_happens() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut report = String::new();
    for name in ["README.md"] {
        let path = repository().join(name);
        let document = std::fs::read_to_string(&path).unwrap();
        let now = replayed(&document);
        if now == document {
            continue;
        }
        if update {
            std::fs::write(&path, now).unwrap();
        } else {
            let diff = similar::TextDiff::from_lines(&document, &now);
            writeln!(report, "{name}\n{}", diff.unified_diff()).unwrap();
        }
    }
    assert!(report.is_empty(), "UPDATE=1 accepts:\n{report}");
}

/// A block that no rule above would look at is a sample that may be wrong.
#[test]
fn no_sample_is_left_out() {
    for name in ["README.md", "ARCHITECTURE.md"] {
        let document = std::fs::read_to_string(repository().join(name)).unwrap();
        for part in parts(&document) {
            let Part::Block { line, info, lines } = part else { continue };
            let is_known = info == "console"
                || info.starts_with("task file=")
                || info == "sh" && is_command_of_ours(&lines.join("\n"))
                || info == "text" && name == "ARCHITECTURE.md";
            assert!(is_known, "{name}:{line}: `{info}`");
        }
    }
}

/// The two commands: the first is shown with a path that is there, the second is how these tests are run.
fn is_command_of_ours(text: &str) -> bool {
    match text.trim() {
        "cargo run --release -- serve examples" => repository().join("examples").is_dir(),
        command => Path::new(command).exists() || repository().join(command).is_file(),
    }
}
