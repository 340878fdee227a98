//! The extension for VS Code: compiled and packaged by the tools of its authors, and started with the client library that VS Code's extensions
//! use, which talks to the real server. Only VS Code itself is a stand-in.

use std::process::Command;

use super::tools::{self, at, read, run};
use crate::support::{Folder, stdout};

/// What the extension is made from.
const SOURCES: &[&str] = &[
    "language-configuration.json",
    "package.json",
    "snippets/task.json",
    "src/extension.ts",
    "tsconfig.json",
];

#[test]
fn the_extension_is_packaged_starts_and_does_what_its_menu_says() {
    let modules = tools::npm("vscode", &at("editors/vscode"));
    let folder = Folder::new();
    for name in SOURCES {
        let name = format!("editors/vscode/{name}");
        folder.write(&name, &read(&at(&name)));
    }
    folder.write("grammar/task.tmLanguage.json", &read(&at("grammar/task.tmLanguage.json")));
    let extension = folder.path().join("editors/vscode");
    std::os::unix::fs::symlink(modules.join("node_modules"), extension.join("node_modules"))
        .unwrap();
    run(Command::new("npm").args(["run", "package"]).current_dir(&extension));
    run(Command::new("python3")
        .args(["-m", "zipfile", "-e", "taskc.vsix", "unpacked"])
        .current_dir(&extension));

    let unpacked = extension.join("unpacked/extension");
    assert_eq!(
        files(&unpacked),
        [
            "language-configuration.json",
            "out/extension.js",
            "package.json",
            "snippets/task.json",
            "task.tmLanguage.json"
        ]
    );
    assert_eq!(
        read(&unpacked.join("task.tmLanguage.json")),
        read(&at("grammar/task.tmLanguage.json"))
    );
    folder.write("it.task", "schedule \"0 7 * * *\" in \"Europe/Berlin\"\nprint(\"hi\")\n");
    let said = run(Command::new("node")
        .arg(at("tests/editors/vscode/run.js"))
        .arg(unpacked.join("out/extension.js"))
        .arg(env!("CARGO_BIN_EXE_taskc"))
        .arg(folder.path().join("it.task")));
    assert!(stdout(&said).contains("everything works"));
}

#[test]
fn snippets_are_programs_with_holes() {
    let snippets: serde_json::Value =
        serde_json::from_str(&read(&at("editors/vscode/snippets/task.json"))).unwrap();
    let hole = regex::Regex::new(r"\$\{\d+:([^}]*)\}|\$\{?0\}?").unwrap();
    for (name, snippet) in snippets.as_object().unwrap() {
        let lines = snippet["body"].as_array().unwrap().iter().map(|it| it.as_str().unwrap());
        let text = lines.collect::<Vec<_>>().join("\n");
        let last = if text.contains("expect ${0}") { "true" } else { "" };
        let program = hole.replace_all(&text, |found: &regex::Captures<'_>| {
            found.get(1).map_or(last.to_owned(), |it| it.as_str().to_owned())
        });
        let found = taskc::syntax::parse(taskc::source::FileId(0), &program).diagnostics;
        assert!(found.is_empty(), "{name}: {program}\n{found:#?}");
    }
}

/// The files below a folder, in order.
fn files(folder: &std::path::Path) -> Vec<String> {
    let listed =
        run(Command::new("find").args([".", "-type", "f", "-printf", "%P\\n"]).current_dir(folder));
    let mut files: Vec<String> = stdout(&listed).lines().map(str::to_owned).collect();
    files.sort();
    files
}
