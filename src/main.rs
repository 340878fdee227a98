//! `taskc`: checks, runs and serves tasks written in the Task language.

/// Checking is mostly allocation, on several threads at once: this takes a quarter off it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    taskc::cli::main()
}
