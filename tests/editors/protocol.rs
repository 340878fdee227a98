//! A client for tests that no one here wrote, pytest-lsp: it asks everything that the server announces, and holds each answer against the
//! specification's types and against what the client said it understands.

use std::process::Command;

use super::tools::{self, at, run};

#[test]
fn every_request_is_answered_as_the_specification_says() {
    let here = at("tests/editors/protocol");
    let python = tools::python("protocol", &here.join("requirements.txt"));
    run(Command::new(python)
        .args(["-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .arg(&here)
        .env("TASKC", env!("CARGO_BIN_EXE_taskc")));
}
