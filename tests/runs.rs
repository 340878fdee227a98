//! The binary runs tasks: what stands on standard output, and how it exits.

use crate::support::{Folder, stderr, stdout, taskc, web};

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

#[test]
fn secrets_reach_the_server_that_they_are_for_and_nobody_else() {
    let server = web::Server::start(|request| (200, format!("{:?}", request.header("x-key"))));
    let folder = Folder::new();
    folder.write("it.task", "allow http \"*\"\nlet base = env.BASE ?? fail \"no base\"\nprint(http.get(base, headers: [\"x-key\": secret.KEY]).status)\n");
    folder.write(
        "taskc.toml",
        &format!(
            "[http]\nprivate = [\"{}\"]\n[env]\nnames = [\"BASE\"]\n[secrets]\nKEY = {{ env = \"THE_KEY\" }}\n",
            server.address
        ),
    );
    let mut command = taskc(folder.path());
    command.args(["run", "it.task"]).env("BASE", format!("http://{}/", server.address));
    let output = command.env("THE_KEY", "open sesame").output().unwrap();
    assert_eq!(stdout(&output), "200\n", "{}", stderr(&output));
    assert_eq!(server.seen()[0].header("x-key"), Some("open sesame"));
}

#[test]
fn a_file_that_is_no_text_is_one_finding_and_the_others_are_checked() {
    let folder = Folder::new();
    std::fs::write(folder.path().join("latin.task"), b"print(\"caf\xe9\")\n").unwrap();
    folder.write("other.task", "print(missing)\n");
    let output = taskc(folder.path()).arg("check").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = stdout(&output);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(lines[0].starts_with("latin.task:1:11: error[unknown-character]"), "{said}");
    assert!(lines[1].starts_with("other.task:1:7: error[unknown-name]"), "{said}");
}

#[test]
fn clock_changes_are_looked_for_from_today_on_or_from_the_day_given() {
    let folder = Folder::new();
    folder.write("nightly.task", "schedule \"30 2 * * *\" in \"Europe/Prague\"\nprint(1)\n");
    let check = |arguments: &[&str]| {
        stdout(&taskc(folder.path()).arg("check").args(arguments).output().unwrap())
    };
    assert!(check(&[]).contains("warning[clock-change]"), "{}", check(&[]));
    let then = check(&["--now", "2027-01-01T00:00:00Z"]);
    assert!(then.contains("warning[clock-change]") && then.contains("28 March 2027"), "{then}");
}

#[test]
fn a_long_line_is_printed_whole() {
    let printed = output("print(\"ab\".repeat(100_000))\n");
    assert_eq!(printed.len(), 200_001);
}
