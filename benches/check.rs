//! How fast `taskc check` is, as a whole process: one file of 50 lines, and 100,000 lines in 1,000 files.
//!
//! `cargo bench --bench check` prints medians of wall time. The machines are shared: figures are for
//! `benches/README.md`, never for a test.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const FILES: usize = 1_000;
const LINES: usize = 100;

fn main() {
    let folder = std::env::temp_dir().join(format!("taskc-bench-{}", std::process::id()));
    let small = folder.join("small");
    let large = folder.join("large");
    std::fs::create_dir_all(&small).expect("a temporary folder can be made");
    std::fs::create_dir_all(&large).expect("a temporary folder can be made");
    std::fs::write(small.join("task_0.task"), program(0, 50)).expect("it can be written to");
    for n in 0..FILES {
        std::fs::write(large.join(format!("task_{n}.task")), program(n, LINES))
            .expect("it can be written to");
    }

    let one = median(41, || check(&small));
    println!("one file of 50 lines: {:.2} ms", one.as_secs_f64() * 1e3);
    let all = median(9, || check(&large));
    let lines = (FILES * LINES) as f64;
    println!(
        "{FILES} files of {LINES} lines: {:.0} ms, {:.0} lines/s",
        all.as_secs_f64() * 1e3,
        lines / all.as_secs_f64()
    );
    std::fs::remove_dir_all(&folder).expect("what was made can be removed");
}

fn check(folder: &Path) -> Duration {
    let start = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_taskc"))
        .arg("check")
        .arg(folder)
        .stdout(Stdio::null())
        .status()
        .expect("taskc starts");
    let took = start.elapsed();
    assert!(status.success(), "the generated programs are correct");
    took
}

fn median(rounds: usize, mut measure: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<_> = (0..rounds).map(|_| measure()).collect();
    times.sort();
    times[rounds / 2]
}

/// A correct task of so many lines: headers, a table, functions, loops, queries, texts.
fn program(seed: usize, lines: usize) -> String {
    let mut text = format!(
        "/// Task number {seed}.\nschedule \"{} {} * * mon-fri\" in \"Europe/Berlin\"\ntimeout 10m\n\n\
         table Order{seed} {{\n  id: int key auto\n  customer: text\n  total: decimal\n  paid: bool = false\n  placed_at: time = now()\n}}\n\n\
         let since = run.previous ?? now() - 1d\nvar total: decimal = 0\nvar count = 0\n",
        seed % 60,
        seed % 24,
    );
    let mut part = 0;
    while text.lines().count() + 10 <= lines {
        let _ = write!(
            text,
            "\nlet orders_{part} = from o in Order{seed} where o.paid and o.placed_at >= since sort o.total desc take {}\n\
             for o in orders_{part} {{\n  if o.total > {}.50 {{\n    total += (o.total * 1.19).round(2)\n    count += 1\n  }} else {{\n    \
             log.info(\"small order {{o.id}} of {{o.customer.trim().upper()}}\", {{ total: o.total }})\n  }}\n}}\n",
            part + 1,
            part * 10,
        );
        part += 1;
    }
    while text.lines().count() + 1 < lines {
        let _ = writeln!(text, "count += {}", text.len() % 7);
    }
    text.push_str("print(\"{count} orders, {total} in all\")\n");
    text
}
