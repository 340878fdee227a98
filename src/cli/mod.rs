//! The command line: arguments in, exit code out, one file per command.

mod args;
mod backfill;
mod check;
mod compiled;
mod control;
mod deployed;
mod deployment;
mod files;
mod fmt;
mod history;
mod init;
mod ledger;
mod lsp;
mod next;
mod output;
mod project;
mod run;
mod serve;
mod settings;
mod simulate;
mod small;
mod test;
mod watch;
mod world;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use settings::Unusable;

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let color = cli.color;
    let outcome = match &cli.command {
        Command::Init(args) => Ok(init::run(args)),
        Command::Check(args) => check::run(args, color),
        Command::Fmt(args) => fmt::run(args, color),
        Command::Run(args) => run::run(args, color),
        Command::Test(args) => test::run(args, color),
        Command::Serve(args) => serve::run(args, color),
        Command::Simulate(args) => simulate::run(args, color),
        Command::Next(args) => next::run(args, color),
        Command::Runs(args) => ledger::runs(args),
        Command::Logs(args) => ledger::logs(args),
        Command::Trigger(args) => control::trigger(args),
        Command::Cancel(args) => control::cancel(args),
        Command::Settle(args) => control::settle(args),
        Command::Pause(args) => control::pause(args),
        Command::Resume(args) => control::resume(args),
        Command::Backfill(args) => backfill::run(args),
        Command::Explain(args) => Ok(small::explain(args)),
        Command::Lsp(args::Lsp { stdio: _ }) => lsp::run(),
        Command::Build(args) => small::build(args, color),
        Command::Dis(args) => small::dis(args, color),
        Command::Completions(args) => Ok(small::completions(args)),
        Command::Version(args) => Ok(small::version(args)),
    };
    outcome.unwrap_or_else(|Unusable(why)| {
        output::note(&format!("error: {why}"));
        ExitCode::from(2)
    })
}

/// The instant that somebody typed, in microseconds since 1970; a date alone is its beginning in UTC.
fn moment(text: &str) -> Result<i64, Unusable> {
    let text = text.trim_start_matches('@');
    let parsed = match crate::schedule::parse_date(text) {
        Ok(_) => crate::schedule::parse_instant(&format!("{text}T00:00:00Z")),
        Err(_) => crate::schedule::parse_instant(text),
    };
    parsed.map(|instant| instant.0).map_err(|_| {
        Unusable(format!(
            "`{text}` is no time: write 2026-01-31, 2026-01-31T07:00:00Z or 2026-01-31T07:00[Europe/Berlin]"
        ))
    })
}

/// An instant as results and logs show it: RFC 3339, UTC.
fn moment_shown(at_us: i64) -> String {
    crate::schedule::Instant(at_us).to_string()
}

/// The same for people: to the millisecond, and always as wide.
fn moment_for_people(at_us: i64) -> String {
    match chrono::DateTime::from_timestamp_micros(at_us) {
        Some(time) => time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        None => moment_shown(at_us),
    }
}

/// The time of day, which only the command line and the host may ask for.
fn now() -> i64 {
    let since =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
