//! Editors that no one here wrote, with the set-ups of `editors/`: what a person would do there, done without one.

mod grammars;
mod protocol;
mod textmate;
mod tools;
#[cfg(unix)]
mod vscode;

use std::process::Command;

use crate::support::{Folder, repository, stderr, stdout};

/// Neovim's own client: a mistake behind an emoji is seen where it is, mended by its action, then renamed, completed and formatted.
#[test]
fn neovim_shows_mends_renames_completes_and_formats() {
    tools::apt("nvim", "neovim");
    let folder = Folder::new();
    folder.write("taskc.toml", "");
    folder.write("shop.task", "/// With tax.\nfn gross(net: int) -> int {\n  return net * 2\n}\n");
    folder.write("it.task", "use shop\nlet total = gross(1)\nprint(\"😀\", totl)\n");
    let script = repository().join("tests/editors/neovim.lua");
    let output = Command::new("nvim")
        .args(["--headless", "--clean", "-c", &format!("luafile {}", script.display()), "it.task"])
        .current_dir(folder.path())
        .env("TASKC", env!("CARGO_BIN_EXE_taskc"))
        .env("SETUP", repository().join("editors/neovim/task.lua"))
        .output()
        .expect("Neovim was installed");
    let said = format!("{}{}", stdout(&output), stderr(&output));
    assert!(output.status.success() && said.contains("everything works"), "{said}");
    let text = std::fs::read_to_string(folder.path().join("it.task")).unwrap();
    assert_eq!(text, "use shop\nlet sum = gross(1)\nprint(\"😀\", sum)\n");
}
