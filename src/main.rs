//! `taskc`: checks, runs and serves tasks written in the Task language.

/// Checking is mostly allocation, on several threads at once: this takes a quarter off it. It asks for no huge pages: a run that needs a few
/// kilobytes would clear and hold 12 MiB of them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    taskc::cli::main()
}
