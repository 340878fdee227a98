//! `taskc init`: a project that runs.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use super::args::Init;
use super::output::{line, note};

/// Each file with its content.
const FILES: &[(&str, &str)] = &[
    ("taskc.toml", include_str!("init/taskc.toml")),
    ("shop.task", include_str!("init/shop.task")),
    ("late_orders.task", include_str!("init/late_orders.task")),
    (".gitignore", "/.taskc/\n/outbox/\n"),
    (".editorconfig", include_str!("init/editorconfig")),
];

/// Writes the files; refuses to touch any that is there already.
pub fn run(args: &Init) -> ExitCode {
    if let Some((name, _)) = FILES.iter().find(|(name, _)| args.dir.join(name).exists()) {
        note(&format!(
            "error: {} is there already; nothing was written",
            args.dir.join(name).display()
        ));
        return ExitCode::from(2);
    }
    for (name, content) in FILES {
        if let Err(error) = write(&args.dir.join(name), content) {
            note(&format!("error: {} cannot be written: {error}", args.dir.join(name).display()));
            return ExitCode::from(2);
        }
        line(&format!("wrote {}", args.dir.join(name).display()));
    }
    line("");
    line("Try: taskc check, taskc test, taskc run late_orders.task, taskc next, taskc serve");
    ExitCode::SUCCESS
}

fn write(path: &Path, content: &str) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, content)
}
