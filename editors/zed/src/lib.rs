//! Tells Zed how the language server is started: `taskc lsp`, with `taskc` from the PATH of the worktree.

use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree};

struct Task;

impl zed::Extension for Task {
    fn new() -> Self {
        Self
    }

    fn language_server_command(&mut self, _: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let command = worktree
            .which("taskc")
            .ok_or("`taskc` is not on the PATH: `cargo install --path .` in its repository puts it there")?;
        Ok(Command { command, args: vec!["lsp".to_owned()], env: worktree.shell_env() })
    }
}

zed::register_extension!(Task);
