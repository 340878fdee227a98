//! `taskc`: checks, runs and serves tasks written in the Task language.

fn main() -> std::process::ExitCode {
    taskc::cli::main()
}
