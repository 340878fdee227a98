//! The engines that this computer has, and what a run of one costs.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::program::Program;

/// What runs programs.
pub struct Engine {
    /// What it is called in the table.
    pub name: &'static str,
    command: &'static str,
    arguments: &'static [&'static str],
    /// The ending of the programs that it runs.
    ending: &'static str,
}

/// What a run took.
pub struct Measured {
    /// What it wrote.
    pub printed: String,
    /// The process's own time.
    pub user_s: f64,
    /// The most memory that it had at once.
    pub peak_mib: f64,
}

const ENGINES: &[Engine] = &[
    Engine { name: "lua5.4", command: "lua5.4", arguments: &[], ending: "lua" },
    Engine {
        name: "taskc",
        command: env!("CARGO_BIN_EXE_taskc"),
        arguments: &["run"],
        ending: "task",
    },
    Engine { name: "luajit -joff", command: "luajit", arguments: &["-joff"], ending: "lua" },
    Engine { name: "luajit", command: "luajit", arguments: &[], ending: "lua" },
    Engine { name: "python3", command: "python3", arguments: &[], ending: "py" },
];

/// The engines that start here.
pub fn present() -> Vec<Engine> {
    let starts = |it: &Engine| {
        let mut command = Command::new(it.command);
        let version = if it.ending == "lua" { "-v" } else { "--version" };
        let quiet = command.arg(version).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|it| it.success())
    };
    ENGINES.iter().filter(|it| starts(it)).map(|it| Engine { ..*it }).collect()
}

impl Engine {
    /// Runs a program in a folder that has its files; nothing where the engine has no such program, or not the libraries for it.
    ///
    /// # Panics
    /// If `taskc` fails.
    pub fn run(&self, program: &Program, folder: &Path) -> Option<Measured> {
        let file = format!("{}.{}", program.name, self.ending);
        let source = folder.join(&file);
        if !source.exists() {
            return None;
        }
        // `taskc` reads files below the project's `files`; the others where they are started.
        let place: PathBuf =
            if self.ending == "task" { folder.into() } else { folder.join("files") };
        let child = Command::new(self.command)
            .args(self.arguments)
            .arg(&source)
            .current_dir(place)
            .stdout(Stdio::piped())
            .stderr(if self.ending == "task" { Stdio::inherit() } else { Stdio::null() })
            .spawn()
            .expect("it has started before");
        let measured = finish(child);
        assert!(measured.is_some() || self.ending != "task", "{} fails", program.name);
        measured
    }
}

/// Waits for a process and what it cost; nothing where it fails.
fn finish(mut child: Child) -> Option<Measured> {
    let mut printed = String::new();
    let mut pipe = child.stdout.take().expect("its output is piped");
    std::io::Read::read_to_string(&mut pipe, &mut printed).expect("engines write text");
    let mut usage = Usage { user: [0; 2], system: [0; 2], peak_kib: 0, rest: [0; 13] };
    let mut status = 0;
    let id = i32::try_from(child.id()).expect("processes have small numbers");
    // SAFETY: `wait4` fills in an int and a `struct rusage`; `Usage` is laid out as that on 64-bit Linux and macOS. The child
    // has not been waited for, and is not afterwards.
    #[expect(unsafe_code, reason = "the standard library does not tell what a child used")]
    let waited = unsafe { wait4(id, &raw mut status, 0, &raw mut usage) };
    let [seconds, micros] = usage.user;
    (waited == id && status == 0).then(|| Measured {
        printed,
        user_s: seconds as f64 + micros as f64 / 1e6,
        peak_mib: usage.peak_kib as f64 / 1024.0,
    })
}

/// `struct rusage`
#[repr(C)]
struct Usage {
    user: [i64; 2],
    system: [i64; 2],
    peak_kib: i64,
    rest: [i64; 13],
}

#[expect(unsafe_code, reason = "the standard library does not tell what a child used")]
unsafe extern "C" {
    fn wait4(id: i32, status: *mut i32, options: i32, usage: *mut Usage) -> i32;
}
