//! Editors that no one here wrote, with the set-ups of `editors/`: what a person would do there, done without one.

mod grammars;
mod protocol;
mod setups;
mod textmate;
mod tools;
#[cfg(unix)]
mod vscode;

use std::path::Path;
use std::process::Command;

use tools::{at, run};

use crate::support::{Folder, stdout};

/// Neovim's own client, of Debian's old version: a mistake behind an emoji is seen where it is, mended by its action, then renamed,
/// completed and formatted.
#[test]
fn neovim_shows_mends_renames_completes_and_formats() {
    tools::apt(&["neovim"], || tools::works("nvim", &["--version"]));
    neovim(Path::new("nvim"), &Folder::new(), false);
}

/// The same with a version that counts in bytes, asks for findings, and colours by the tree-sitter grammar.
#[test]
fn a_newer_neovim_does_so_with_the_grammar() {
    let python = tools::python("neovim", &at("tests/editors/requirements-neovim.txt"));
    let runtime = Folder::new();
    let grammar = at("grammar/tree-sitter-task");
    std::fs::create_dir(runtime.path().join("parser")).unwrap();
    run(Command::new("cc")
        .args(["-shared", "-fPIC", "-I", "src", "src/parser.c", "src/scanner.c", "-o"])
        .arg(runtime.path().join("parser/task.so"))
        .current_dir(&grammar));
    for query in std::fs::read_dir(grammar.join("queries")).unwrap() {
        let query = query.unwrap().path();
        let name = query.file_name().unwrap().to_str().unwrap();
        runtime.write(&format!("queries/task/{name}"), &tools::read(&query));
    }
    neovim(&python.with_file_name("nvim"), &runtime, true);
}

/// Does it all in a folder; `runtime` is among those that Neovim looks for parsers in.
fn neovim(program: &Path, runtime: &Folder, has_parser: bool) {
    let folder = tasks();
    // What goes wrong in the script itself would leave Neovim waiting for a key.
    let script = format!(
        "local is_done, why = pcall(dofile, [[{}]]) if not is_done then io.stderr:write(why) vim.cmd('cquit 1') end",
        at("tests/editors/neovim.lua").display()
    );
    let mut command = Command::new(program);
    command
        .args(["--headless", "--clean", "--cmd"])
        .arg(format!("set runtimepath+={}", runtime.path().display()))
        .args(["-c", &format!("lua {script}"), "it.task"])
        .current_dir(folder.path())
        .env("TASKC", env!("CARGO_BIN_EXE_taskc"))
        .env("SETUP", at("editors/neovim/task.lua"));
    if has_parser {
        command.env("PARSER", "1");
    }
    let output = run(&mut command);
    let said = format!("{}{}", stdout(&output), crate::support::stderr(&output));
    assert!(said.contains("everything works"), "{said}");
    let text = tools::read(&folder.path().join("it.task"));
    assert_eq!(text, "use shop\nlet sum = gross(1)\nprint(\"😀\", sum)\n");
}

/// Eglot, with our mode: the same, and the mode's own indentation.
#[test]
fn emacs_shows_mends_renames_completes_formats_and_indents() {
    tools::apt(&["emacs-nox", "elpa-eglot"], || tools::works("emacs", &["--version"]));
    let folder = tasks();
    let taskc = Path::new(env!("CARGO_BIN_EXE_taskc")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(taskc.to_owned()).chain(std::env::split_paths(&path));
    let output = run(Command::new("emacs")
        .args(["-Q", "--batch", "-l"])
        .arg(at("tests/editors/emacs.el"))
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("SETUP", at("editors/emacs/task-mode.el")));
    assert!(stdout(&output).contains("everything works"));
}

/// A module, and a task with a mistake behind an emoji.
fn tasks() -> Folder {
    let folder = Folder::new();
    folder.write("taskc.toml", "");
    folder.write("shop.task", "/// With tax.\nfn gross(net: int) -> int {\n  return net * 2\n}\n");
    folder.write("it.task", "use shop\nlet total = gross(1)\nprint(\"😀\", totl)\n");
    folder
}
