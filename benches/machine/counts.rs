//! How many instructions of the processor each program takes at a small size, by valgrind's callgrind. These hardly depend on what else the
//! computer does: a handler that needs a few more shows at once. `cargo bench --bench machine -- counts` compares with `instructions.txt`;
//! `UPDATE=1` before it accepts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

/// The programs, and what `const N` is here; those without read small files.
const SIZES: &[(&str, &str)] = &[
    ("fib", "22"),
    ("loop", "300_000"),
    ("sieve", "50_000"),
    ("nbody", "1_000"),
    ("spectral", "40"),
    ("mandelbrot", "40"),
    ("fannkuch", "7"),
    ("trees", "7"),
    ("strings", "10_000"),
    ("words", "1"),
    ("records", "3_000"),
    ("orders", ""),
    ("closures", "30_000"),
    ("sales", ""),
    ("decimals", "5_000"),
];

/// How far apart two runs of one binary may be, in thousandths: hashing is seeded anew in each process, and copying depends on the processor.
const NOISE_PER_MILLE: u64 = 20;

/// Counts, prints, and compares with the file.
pub fn run(folder: &Path) -> ExitCode {
    let counted = count_all(folder);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/machine/instructions.txt");
    if std::env::var_os("UPDATE").is_some() {
        let mut text = String::new();
        for (name, count) in &counted {
            let _ = writeln!(text, "{name} {count}");
        }
        fs::write(&file, text).expect("the repository can be written to");
    }
    let written = read(&fs::read_to_string(&file).expect("the counts stand beside this file"));
    let mut code = ExitCode::SUCCESS;
    for (name, count) in counted {
        let Some(before) = written.get(&name).copied() else {
            println!("{name:12} {count:>12}  is not written down");
            code = ExitCode::FAILURE;
            continue;
        };
        let far = count.abs_diff(before) * 1_000 > before * NOISE_PER_MILLE;
        let verdict = match far {
            false => "",
            true if count > before => "  slower: UPDATE=1 accepts",
            true => "  faster: UPDATE=1 writes it down",
        };
        println!("{name:12} {count:>12}  {:+.1} %{verdict}", change(before, count));
        if far {
            code = ExitCode::FAILURE;
        }
    }
    code
}

fn change(before: u64, count: u64) -> f64 {
    (count as f64 / before as f64 - 1.0) * 100.0
}

/// The start of a process first; the others without it.
fn count_all(folder: &Path) -> Vec<(String, u64)> {
    let empty = folder.join("empty.task");
    fs::write(&empty, "print(1)\n").expect("it can be written to");
    let start = count(&empty);
    let mut counted = vec![("start".to_owned(), start)];
    for (name, size) in SIZES {
        let task = folder.join(format!("{name}.task"));
        let text = fs::read_to_string(&task).expect("the programs were copied");
        fs::write(&task, at_size(&text, size)).expect("it can be written to");
        counted.push(((*name).to_owned(), count(&task).saturating_sub(start)));
    }
    counted
}

fn at_size(text: &str, size: &str) -> String {
    let line = |line: &str| match line.starts_with("const N = ") && !size.is_empty() {
        true => format!("const N = {size}\n"),
        false => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// What callgrind collects of one run.
fn count(task: &Path) -> u64 {
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args([env!("CARGO_BIN_EXE_taskc"), "run"])
        .arg(task)
        .output()
        .expect("valgrind starts: `apt-get install valgrind`");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{}: {said}", task.display());
    let line = said.lines().find_map(|it| it.split_once("Collected : "));
    line.and_then(|(_, count)| count.trim().parse().ok()).expect("callgrind says what it collected")
}

fn read(text: &str) -> BTreeMap<String, u64> {
    let line = |line: &str| {
        let (name, count) = line.split_once(' ')?;
        Some((name.to_owned(), count.parse().ok()?))
    };
    text.lines().filter_map(line).collect()
}
