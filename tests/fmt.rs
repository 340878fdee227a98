//! `taskc fmt`, with the real binary.

use std::io::Write;
use std::process::{Output, Stdio};

use crate::support::{Folder, stderr, stdout, taskc};

const MESSY: &str = "let a=1 // one\nif a==1{\nprint( a )\n}\n";
const TIDY: &str = "let a = 1 // one\nif a == 1 {\n  print(a)\n}\n";

fn fmt(folder: &Folder, args: &[&str]) -> Output {
    taskc(folder.path()).arg("fmt").args(args).output().unwrap()
}

fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).unwrap()
}

#[test]
fn a_folder_is_formatted_and_the_changed_files_are_named() {
    let folder = Folder::new();
    folder.write("messy.task", MESSY);
    folder.write("lib/tidy.task", TIDY);
    let output = fmt(&folder, &[]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        (stdout(&output).as_str(), read(&folder, "messy.task").as_str()),
        ("messy.task\n", TIDY)
    );
    assert_eq!(stderr(&output), "1 of 2 files formatted\n");
    assert_eq!(stdout(&fmt(&folder, &[])), "", "there is nothing left to do");
}

#[test]
fn check_writes_nothing_and_fails_where_something_is_to_do() {
    let folder = Folder::new();
    folder.write("messy.task", MESSY);
    let output = fmt(&folder, &["--check"]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(1), "messy.task\n"));
    assert_eq!(read(&folder, "messy.task"), MESSY);
    folder.write("messy.task", TIDY);
    assert_eq!(fmt(&folder, &["--check", "messy.task"]).status.code(), Some(0));
}

#[test]
fn a_file_with_syntax_errors_is_left_alone_and_the_others_are_formatted() {
    let folder = Folder::new();
    folder.write("broken.task", "let a=\nlet  b = 1\n");
    folder.write("messy.task", MESSY);
    let output = fmt(&folder, &[]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(1), "messy.task\n"));
    assert_eq!(read(&folder, "broken.task"), "let a=\nlet  b = 1\n");
    let errors = stderr(&output);
    assert!(
        errors.contains("error[missing-value]") && errors.contains("broken.task:1"),
        "{errors}"
    );
    assert!(
        errors.ends_with("1 of 2 files formatted, 1 file with errors left alone\n"),
        "{errors}"
    );
}

#[test]
fn a_file_in_another_encoding_is_left_alone_and_the_others_are_formatted() {
    let folder = Folder::new();
    let latin = b"print(\"caf\xe9\")  \n";
    std::fs::write(folder.path().join("latin.task"), latin).unwrap();
    folder.write("messy.task", MESSY);
    let output = fmt(&folder, &[]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(1), "messy.task\n"));
    assert_eq!(std::fs::read(folder.path().join("latin.task")).unwrap(), latin);
    let errors = stderr(&output);
    assert!(errors.contains("latin.task:1:11") && errors.contains("not UTF-8"), "{errors}");
}

#[test]
fn standard_input_goes_to_standard_output() {
    let output = piped(&["--stdin"], MESSY);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), TIDY));
    let output = piped(&["--stdin", "--check"], MESSY);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(1), ""));
    let output = piped(&["--stdin"], "let a =");
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(1), ""));
    assert!(stderr(&output).contains("standard input:1"), "{}", stderr(&output));
}

fn piped(args: &[&str], text: &str) -> Output {
    let folder = Folder::new();
    let mut command = taskc(folder.path());
    command.arg("fmt").args(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_path_that_is_not_there_is_wrong_usage() {
    let output = fmt(&Folder::new(), &["nothing.task"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("nothing.task"), "{}", stderr(&output));
    assert_eq!(fmt(&Folder::new(), &["--stdin", "a.task"]).status.code(), Some(2));
}
