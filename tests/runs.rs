//! The binary runs tasks: what stands on standard output, and how it exits.

use crate::support::{Folder, stderr, stdout, taskc};

/// What `taskc run` prints for a task.
fn output(text: &str) -> String {
    let folder = Folder::new();
    folder.write("it.task", text);
    let output = taskc(folder.path()).args(["run", "it.task"]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output)
}

#[test]
fn results_of_library_functions_with_bodies_are_kept() {
    let program = "let xs = [3, 1, 2]\n\
                   print(xs.map(x => x * 2).filter(x => x > 2))\n\
                   print(xs.map(x => \"n{x}\").join(\", \"))\n\
                   print(xs)\n";
    assert_eq!(output(program), "[6, 4]\nn3, n1, n2\n[3, 1, 2]\n");
}

#[test]
fn a_run_that_fails_says_where_and_exits_with_1() {
    let folder = Folder::new();
    folder.write("it.task", "let xs = [1]\nprint(xs[5])\n");
    let output = taskc(folder.path()).args(["run", "it.task"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.starts_with("error[index]") && said.contains("it.task:2:"), "{said}");
}
