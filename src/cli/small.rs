//! Commands of a few lines: explain, build, dis, completions, version.

use std::process::ExitCode;

use clap::CommandFactory;

use super::args::{Build, Cli, Color, Completions, Dis, Explain, Version};
use super::compiled::{self, Refused};
use super::output::{line, note, result};
use super::settings::Unusable;
use crate::bytecode::{dis, encode, program::SEMANTICS};
use crate::diagnostics::catalogue;
use crate::schedule;

/// `taskc explain`
pub fn explain(args: &Explain) -> ExitCode {
    if let Some(page) = catalogue::explain(&args.code) {
        line(page.trim_end());
        return ExitCode::SUCCESS;
    }
    let nearest = catalogue::nearest_codes(&args.code);
    let help = match nearest.first() {
        Some(nearest) => format!("; did you mean `{nearest}`?"),
        None => "; codes stand in brackets behind `error` or `warning`".to_owned(),
    };
    note(&format!("error: no diagnostic is called `{}`{help}", args.code));
    ExitCode::from(2)
}

/// `taskc build`
pub fn build(args: &Build, color: Color) -> Result<ExitCode, Unusable> {
    let compiled = match compiled::load(&args.file, color) {
        Ok(compiled) => compiled,
        Err(Refused::Shown) => return Ok(ExitCode::from(1)),
        Err(Refused::Unusable(unusable)) => return Err(unusable),
    };
    let out = args.out.clone().unwrap_or_else(|| args.file.with_extension("taskb"));
    std::fs::write(&out, encode::encode(compiled.program.program()))
        .map_err(|error| Unusable(format!("{} cannot be written: {error}", out.display())))?;
    line(&format!("{} {}", compiled.program.hash(), out.display()));
    Ok(ExitCode::SUCCESS)
}

/// `taskc dis`
pub fn dis(args: &Dis, color: Color) -> Result<ExitCode, Unusable> {
    match compiled::load(&args.file, color) {
        Ok(compiled) => {
            result(&dis::listing(compiled.program.program()));
            Ok(ExitCode::SUCCESS)
        }
        Err(Refused::Shown) => Ok(ExitCode::from(1)),
        Err(Refused::Unusable(unusable)) => Err(unusable),
    }
}

/// `taskc completions`
pub fn completions(args: &Completions) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "taskc", &mut script);
    result(&String::from_utf8_lossy(&script));
    ExitCode::SUCCESS
}

/// `taskc version`
pub fn version(args: &Version) -> ExitCode {
    let (version, zones, sqlite) =
        (env!("CARGO_PKG_VERSION"), schedule::database_version(), rusqlite::version());
    if args.json {
        let object = serde_json::json!({
            "version": version, "zones": zones, "sqlite": sqlite, "semantics": SEMANTICS,
        });
        line(&object.to_string());
    } else {
        line(&format!(
            "taskc {version} (time zones {zones}, SQLite {sqlite}, semantics {SEMANTICS})"
        ));
    }
    ExitCode::SUCCESS
}
