//! The real server in a folder, and what it wrote down.

use std::fs::File;
use std::process::{Child, Command, Stdio};

use serde_json::Value as Json;

use super::{Folder, listens, stderr, stdout, taskc, until};

/// A server in a folder; killed when the test ends.
pub(crate) struct Server<'a> {
    folder: &'a Folder,
    process: Child,
}

impl<'a> Server<'a> {
    /// Starts one and waits until it answers.
    pub(crate) fn start(folder: &'a Folder) -> Self {
        Self::start_with(folder, &[])
    }

    /// The same with variables of the environment.
    pub(crate) fn start_with(folder: &'a Folder, variables: &[(&str, &str)]) -> Self {
        let log = File::options()
            .create(true)
            .append(true)
            .open(folder.path().join("server.log"))
            .unwrap();
        let process = taskc(folder.path())
            .arg("serve")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { folder, process };
        until("the server listens", || server.has_ended() || listens(folder));
        server
    }

    /// Whether the process is not there any more.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.process.try_wait().unwrap().is_some()
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap()
    }

    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// SIGTERM; gives the exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.process.wait().unwrap().code()
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The ledger, the earliest due time first.
pub(crate) fn ledger(folder: &Folder, options: &[&str]) -> Vec<Json> {
    let command = ["runs", "--format", "json", "--last", "100000"];
    let output = taskc(folder.path()).args(command).args(options).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn states(rows: &[Json]) -> Vec<&str> {
    rows.iter().map(|it| it["state"].as_str().unwrap_or("none")).collect()
}
