//! How fast the machine is beside the interpreters that a user could pick instead.
//!
//! `cargo bench --bench machine` runs each program of `programs/` with `taskc run` and with every engine that this
//! computer has; nothing is installed. Engines take turns, what counts is the child's own user time, and a figure is the median
//! over the rounds of the ratio to Lua 5.4 in the same round (to Python where a program has no Lua). Answers have to agree.
//! `cargo bench --bench machine -- fib loop` runs some of the programs, `ROUNDS=9` more rounds; `-- counts` counts instructions instead.
//!
//! The machines are shared: times are for `benches/README.md`, never for a test. What can be compared is counted: steps of the machine
//! by `tests/steps.rs`, instructions of the processor by `counts`.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod counts;
mod data;
mod engine;
mod front;
mod program;

use engine::{Engine, Measured};
use program::{PROGRAMS, Peer, Program};

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

/// What one engine took for one program, round by round.
type Rounds = BTreeMap<&'static str, Vec<Measured>>;

fn main() -> ExitCode {
    let rounds = std::env::var("ROUNDS").ok().and_then(|it| it.parse().ok()).unwrap_or(5);
    let wanted: Vec<_> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    if wanted.iter().any(|it| it == "counts") {
        return counts::run(data::prepare(&data::SMALL).path());
    }
    let chosen = |it: &&Program| wanted.is_empty() || wanted.iter().any(|name| name == it.name);
    let folder = data::prepare(&data::LARGE);
    let engines = engine::present();
    println!("{}", heading(&engines));
    let mut ratios = Vec::new();
    for program in PROGRAMS.iter().filter(chosen) {
        let measured = measure(program, &engines, folder.path(), rounds);
        println!("{}", row(program, &engines, &measured));
        ratios.push((program, ratio(program, "taskc", &measured)));
    }
    println!();
    for peer in [Peer::Numbers, Peer::Data, Peer::Decimals] {
        let of_kind =
            ratios.iter().filter(|(it, _)| it.peer == peer).filter_map(|(_, ratio)| *ratio);
        if let Some(mean) = geometric_mean(of_kind) {
            println!("{}: {mean:.2} of {}", peer.title(), peer.engine());
        }
    }
    if wanted.is_empty() {
        front::print(folder.path());
    }
    ExitCode::SUCCESS
}

/// Runs a program in turns with all engines, as often as there are rounds.
fn measure(program: &Program, engines: &[Engine], folder: &Path, rounds: usize) -> Rounds {
    let mut measured = Rounds::new();
    let mut answer: Option<String> = None;
    for _ in 0..rounds {
        for engine in engines {
            let Some(run) = engine.run(program, folder) else { continue };
            let expected = answer.get_or_insert_with(|| run.printed.clone());
            assert_eq!(*expected, run.printed, "{} with {}", program.name, engine.name);
            measured.entry(engine.name).or_default().push(run);
        }
    }
    measured
}

/// How long an engine takes in proportion to the program's peer; nothing where one of them is missing.
fn ratio(program: &Program, engine: &str, measured: &Rounds) -> Option<f64> {
    let own = measured.get(engine)?;
    let peer = measured.get(program.peer.engine())?;
    median(own.iter().zip(peer).map(|(own, peer)| own.user_s / peer.user_s))
}

fn heading(engines: &[Engine]) -> String {
    let mut line = format!("| {:12} | peer s |", "program");
    engines.iter().for_each(|it| line += &format!(" {:>12} |", it.name));
    line + " MiB | peer MiB |"
}

fn row(program: &Program, engines: &[Engine], measured: &Rounds) -> String {
    let peer = measured.get(program.peer.engine());
    let seconds = peer.and_then(|it| median(it.iter().map(|it| it.user_s)));
    let mut line = format!("| {:12} | {} |", program.name, number(seconds, 6));
    for engine in engines {
        line += &format!(" {} |", number(ratio(program, engine.name, measured), 12));
    }
    let most = |name| median(measured.get(name)?.iter().map(|it: &Measured| it.peak_mib));
    line + &format!(" {} | {} |", number(most("taskc"), 3), number(most(program.peer.engine()), 8))
}

fn number(number: Option<f64>, width: usize) -> String {
    match number {
        Some(it) if it >= 100.0 => format!("{it:>width$.0}"),
        Some(it) => format!("{it:>width$.2}"),
        None => format!("{:>width$}", "–"),
    }
}

fn median(figures: impl Iterator<Item = f64>) -> Option<f64> {
    let mut figures: Vec<_> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}

fn geometric_mean(figures: impl Iterator<Item = f64>) -> Option<f64> {
    let logarithms: Vec<_> = figures.map(f64::ln).collect();
    let count = logarithms.len();
    (count > 0).then(|| (logarithms.iter().sum::<f64>() / count as f64).exp())
}
