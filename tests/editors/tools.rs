//! Tools that no one here wrote, installed where they are missing: below cargo's folder, or by apt.
//!
//! A tool that cannot be had fails its test, and the failure says what to do.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::{repository, stderr, stdout};

/// Debian's packages, installed where something is not there that they bring, and we may.
pub(super) fn apt(packages: &[&str], is_there: impl Fn() -> bool) {
    let name = format!("apt-{}", packages.join("-"));
    installed(&name, "", |_| {
        if is_there() {
            return;
        }
        let sudo: &[&str] = if is_root() { &[] } else { &["sudo", "-n"] };
        let install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"];
        for step in [&["apt-get", "update", "-qq"], &[&install[..], packages].concat()[..]] {
            let line = [sudo, step].concat();
            let mut command = Command::new(line[0]);
            run(command.args(&line[1..]).env("DEBIAN_FRONTEND", "noninteractive"));
        }
        assert!(is_there(), "{packages:?} came without what they are for");
    });
}

/// Whether a command does what it is asked for.
pub(super) fn works(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|it| it.status.success())
}

/// A folder with `node_modules` as the `package.json` and lock file of `from` demand.
pub(super) fn npm(name: &str, from: &Path) -> PathBuf {
    let manifest = read(&from.join("package.json"));
    let lock = read(&from.join("package-lock.json"));
    installed(&format!("npm-{name}"), &format!("{manifest}{lock}"), |folder| {
        std::fs::write(folder.join("package.json"), &manifest).unwrap();
        std::fs::write(folder.join("package-lock.json"), &lock).unwrap();
        run(Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(folder));
    })
}

/// The interpreter of a virtual environment with the packages of a requirements file.
pub(super) fn python(name: &str, requirements: &Path) -> PathBuf {
    let folder = installed(&format!("python-{name}"), &read(requirements), |folder| {
        run(Command::new("python3").args(["-m", "venv", "venv"]).current_dir(folder));
        let mut pip = Command::new(folder.join("venv/bin/pip"));
        run(pip
            .args(["install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(requirements));
    });
    folder.join("venv/bin/python")
}

/// The binary of a package of the repository that is no part of taskc.
pub(super) fn cargo(name: &str, package: &Path) -> PathBuf {
    let target = folder().join(format!("cargo-{name}"));
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "--locked", "--target-dir"]).arg(&target);
    run(command.arg("--manifest-path").arg(package.join("Cargo.toml")));
    target.join("debug").join(name)
}

/// What a command prints; a command that fails, fails the test.
pub(super) fn run(command: &mut Command) -> Output {
    let shown = format!("{command:?}");
    let output = command.output().unwrap_or_else(|error| panic!("{shown}: {error}"));
    let said = format!("{}{}", stdout(&output), stderr(&output));
    assert!(output.status.success(), "{shown}\n{said}");
    output
}

/// Where tools are kept from run to run.
fn folder() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// A folder that `install` has filled, for these `contents`, once: others wait for it, in this process and in others.
fn installed(name: &str, contents: &str, install: impl FnOnce(&Path)) -> PathBuf {
    let folder = folder().join(name);
    let done = folder.join(".installed");
    let lock = File::create(folder.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    if std::fs::read_to_string(&done).is_ok_and(|it| it == contents) {
        return folder;
    }
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    install(&folder);
    std::fs::write(done, contents).unwrap();
    folder
}

fn is_root() -> bool {
    stdout(&run(Command::new("id").arg("-u"))).trim() == "0"
}

/// The text of a file.
pub(super) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A folder of the repository.
pub(super) fn at(path: &str) -> PathBuf {
    repository().join(path)
}
