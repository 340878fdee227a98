//! What a run takes before its first instruction: the start of the process, and compiling.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use taskc::check::library::Library;
use taskc::check::project::{Project, ProjectFile};
use taskc::{bytecode, check, stdlib};

const LINES: usize = 10_000;

/// Prints the figures.
pub fn print(folder: &Path) {
    let empty = folder.join("empty.task");
    fs::write(&empty, "print(1)\n").expect("it can be written to");
    let start = median(101, || start(&empty));
    println!("start of `taskc run`: {:.2} ms", start.as_secs_f64() * 1e3);
    let text = program();
    let compile = median(9, || compile(&text));
    println!("{LINES} lines to verified bytecode: {:.0} ms", compile.as_secs_f64() * 1e3);
}

fn start(task: &Path) -> Duration {
    let start = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_taskc"));
    let status = command.arg("run").arg(task).stdout(Stdio::null()).status().expect("taskc starts");
    let took = start.elapsed();
    assert!(status.success(), "it prints 1");
    took
}

fn compile(text: &str) -> Duration {
    let library = Library::new(stdlib::declarations());
    let start = Instant::now();
    let mut project = Project::default();
    let file = project.add(|id| ProjectFile::parse("it", "it.task", text, id));
    let checked = check::check_file(&project, &library, file);
    let valid = checked.valid(&project, &library, file).expect("the program is correct");
    bytecode::verify(bytecode::compile::compile(valid)).expect("what is compiled is sound");
    start.elapsed()
}

fn median(rounds: usize, mut measure: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<_> = (0..rounds).map(|_| measure()).collect();
    times.sort();
    times[rounds / 2]
}

/// A correct program of so many lines: functions over records and lists, each called once.
fn program() -> String {
    let mut text = String::new();
    let mut calls = String::new();
    let count = LINES / 20;
    for n in 0..count {
        let _ = write!(
            text,
            "/// Line number {n} of a report.\nfn report_{n}(rows: [{{ id: int, name: text, cents: int }}], limit: int) -> text {{\n  \
             var sum = 0\n  var longest = \"\"\n  for row in rows {{\n    if row.cents > limit {{\n      sum += row.cents * {n}\n    }} else if \
             row.name.length() > longest.length() {{\n      longest = row.name\n    }} else {{\n      sum -= 1\n    }}\n  }}\n  \
             let large = rows.filter(r => r.cents > {n}).map(r => r.id)\n  let first = large.first() ?? 0\n  \
             if first > 10 {{ return \"{{longest}} {{sum}}\" }}\n  return \"{{large.count()}} of {{rows.count()}}\"\n}}\n"
        );
        let _ = writeln!(calls, "print(report_{n}(rows, {n}))");
    }
    format!("{text}\nlet rows = [{{ id: 1, name: \"one\", cents: 100 }}]\n{calls}")
}
