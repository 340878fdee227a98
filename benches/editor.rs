//! How long an editor waits: a typing session over the pipes of `taskc lsp`, in a workspace of 500 tasks.
//!
//! `cargo bench --bench editor` types a text letter by letter into a file of 300 lines and into one of 2,000, waits after each letter for
//! the findings of that version, and asks for completion and hover in between. Printed are medians and 95th percentiles of
//! wall time, and the server's greatest resident memory. The machines are shared: figures are for `benches/README.md`, never for a test.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fmt::Write as _;
use std::io::{BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use lsp_server::Message;
use serde_json::{Value, json};

const TASKS: usize = 500;

/// What is typed, a letter at a time.
const TYPED: &str = "\nlet busy = from o in Order\n  where o.total > 100 and o.status == \"open\"\n  sort o.total desc\n  take 10\nfor o in busy {\n  print(\"{o.id}: {o.total.round(2)}\")\n}\n";

fn main() {
    let folder = std::env::temp_dir().join(format!("taskc-bench-editor-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder can be made");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).expect("it can be written to");
    };
    write("taskc.toml", "");
    write("shop.task", SHOP);
    for n in 0..TASKS {
        write(&format!("task_{n}.task"), &program(50));
    }
    write("middle.task", &program(300));
    write("long.task", &program(2_000));

    let start = Instant::now();
    let mut server = Server::start(&folder);
    server.open("middle.task", &program(300));
    server.findings("middle.task", 1);
    println!("start to the first findings, {TASKS} tasks: {}", ms(start.elapsed()));
    session(&mut server, "middle.task", 300);
    server.open("long.task", &program(2_000));
    server.findings("long.task", 1);
    session(&mut server, "long.task", 2_000);

    let start = Instant::now();
    server.open("shop.task", SHOP);
    server.findings("shop.task", 1);
    let broken = SHOP.replace("total: decimal", "amount: decimal");
    server.replace("shop.task", 2, &broken);
    let last = format!("task_{}.task", TASKS - 1);
    server.findings_of(&last);
    println!("a shared declaration changes, all {TASKS} tasks told of: {}", ms(start.elapsed()));
    println!("greatest resident memory: {} MB", server.memory_mb());
    drop(server);
    std::fs::remove_dir_all(&folder).expect("what was made can be removed");
}

const SHOP: &str = "table Order {\n  id: int key auto\n  status: \"open\" | \"paid\" = \"open\"\n  total: decimal\n}\n\nfn gross(net: decimal) -> decimal {\n  return net * 1.19\n}\n";

/// A correct task of so many lines.
fn program(lines: usize) -> String {
    let mut text = String::from("schedule \"0 7 * * mon-fri\" in \"Europe/Berlin\"\nuse shop\n\n");
    let mut block = 0;
    while text.lines().count() + 8 < lines {
        let _ = write!(
            text,
            "let rows_{block} = from o in Order where o.total > {block} sort o.id take 10\nvar sum_{block}: decimal = 0\nfor o in rows_{block} {{\n  if o.status == \"paid\" {{ continue }}\n  sum_{block} += gross(o.total)\n}}\nprint(\"{{sum_{block}}} of {{rows_{block}.count()}}\")\n\n"
        );
        block += 1;
    }
    text
}

fn session(server: &mut Server, name: &str, lines: usize) {
    let (mut line, mut character) = (u32::try_from(program(lines).lines().count()).unwrap_or(0), 0);
    let mut version = 1;
    let (mut findings, mut completions, mut hovers) = (Vec::new(), Vec::new(), Vec::new());
    for letter in TYPED.chars() {
        version += 1;
        let start = Instant::now();
        server.insert(name, version, (line, character), letter);
        server.findings(name, version);
        findings.push(start.elapsed());
        if letter == '\n' {
            (line, character) = (line + 1, 0);
        } else {
            character += 1;
        }
        let at = json!({
            "textDocument": { "uri": server.uri(name) },
            "position": { "line": line, "character": character },
        });
        if letter == '.' || letter == ' ' {
            let start = Instant::now();
            server.ask("textDocument/completion", at.clone());
            completions.push(start.elapsed());
            let start = Instant::now();
            server.ask("textDocument/hover", at);
            hovers.push(start.elapsed());
        }
    }
    println!("{lines} lines, a letter to its findings: {}", percentiles(findings));
    println!("{lines} lines, completion: {}", percentiles(completions));
    println!("{lines} lines, hover: {}", percentiles(hovers));
}

fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |percent: usize| ms(times[(times.len() * percent / 100).min(times.len() - 1)]);
    format!("median {}, 95 % {}", at(50), at(95))
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

struct Server {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    folder: String,
    asked: u32,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_taskc"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("taskc starts");
        let to = process.stdin.take().expect("it is a pipe");
        let from = BufReader::new(process.stdout.take().expect("it is a pipe"));
        let folder = format!("file://{}", folder.display());
        let mut server = Self { process, to, from, folder, asked: 0 };
        let root = server.folder.clone();
        server.ask("initialize", json!({ "processId": null, "rootUri": root, "capabilities": {} }));
        server.tell("initialized", json!({}));
        server
    }

    fn uri(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("it listens");
        self.to.flush().expect("it listens");
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        self.wait(|it| it["id"] == id && it.get("method").is_none())
    }

    fn open(&mut self, name: &str, text: &str) {
        let uri = self.uri(name);
        let document = json!({ "uri": uri, "languageId": "task", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn insert(&mut self, name: &str, version: u32, at: (u32, u32), letter: char) {
        let place = json!({ "line": at.0, "character": at.1 });
        let change =
            json!({ "range": { "start": place, "end": place }, "text": letter.to_string() });
        self.change(name, version, &change);
    }

    fn replace(&mut self, name: &str, version: u32, text: &str) {
        self.change(name, version, &json!({ "text": text }));
    }

    fn change(&mut self, name: &str, version: u32, change: &Value) {
        let document = json!({ "uri": self.uri(name), "version": version });
        let params = json!({ "textDocument": document, "contentChanges": [change] });
        self.tell("textDocument/didChange", params);
    }

    /// Waits for the findings of a version of an open document.
    fn findings(&mut self, name: &str, version: u32) {
        let uri = self.uri(name);
        self.wait(|it| it["params"]["uri"] == uri && it["params"]["version"] == version);
    }

    /// Waits for findings of a document that is not open.
    fn findings_of(&mut self, name: &str) {
        let uri = self.uri(name);
        self.wait(|it| {
            it["params"]["uri"] == uri
                && it["params"]["diagnostics"].as_array().is_some_and(|it| !it.is_empty())
        });
    }

    fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = Message::read(&mut self.from).expect("messages alone");
            let message = message.expect("the server is there");
            let message = serde_json::to_value(message).expect("a message is JSON");
            if wanted(&message) {
                return message;
            }
        }
    }

    /// The greatest resident memory so far, in megabytes.
    fn memory_mb(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|it| it.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kilobytes.unwrap_or(0) / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
