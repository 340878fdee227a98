//! The binary tests tasks, simulates schedules, and tries runs again: what is printed, and how it exits.

use std::process::Output;

use crate::support::{Folder, stderr, stdout, taskc};

fn run(folder: &Folder, args: &[&str]) -> Output {
    taskc(folder.path()).args(args).output().unwrap()
}

/// A task with one test that passes and one that does not.
fn tested() -> Folder {
    let folder = Folder::new();
    folder.write(
        "sums.task",
        "print(\"{1 + 1}\")\n\
         test \"one and one\" { expect 1 + 1 == 2 }\n\
         test \"one and two\" {\n  run()\n  let sum = 1 + 2\n  expect sum == 4\n}\n",
    );
    folder
}

#[test]
fn tests_that_fail_are_told_and_counted() {
    let folder = tested();
    let output = run(&folder, &["test"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(1));
    for part in [
        "ok   sums.task: one and one\n",
        "FAIL sums.task: one and two\n",
        "`sum` is 3",
        "  2\n",
        "1 test failed, 1 passed\n",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn a_filter_chooses_and_says_when_it_chooses_nothing() {
    let folder = tested();
    let output = run(&folder, &["test", "--filter", "one and one$"]);
    assert_eq!(
        (output.status.code(), stdout(&output)),
        (Some(0), "ok   sums.task: one and one\n1 test passed\n".to_owned())
    );
    let output = run(&folder, &["test", "--filter", "three"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("none of the 2 tests is called like `three`"),
        "{}",
        stderr(&output)
    );
    assert_eq!(run(&folder, &["test", "--filter", "("]).status.code(), Some(2));
}

#[test]
fn reports_are_lines_of_json() {
    let output = run(&tested(), &["test", "--format", "json"]);
    let lines: Vec<serde_json::Value> =
        stdout(&output).lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let short: Vec<_> = lines
        .iter()
        .map(|it| {
            (
                it["file"].as_str().unwrap(),
                it["test"].as_str().unwrap(),
                it["outcome"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        short,
        [("sums.task", "one and one", "passed"), ("sums.task", "one and two", "failed")]
    );
    assert!(lines.iter().all(|it| it["duration_ms"].is_number()));
    assert_eq!(lines[1]["message"], "expected `sum == 4`; `sum` is 3");
}

#[test]
fn a_folder_without_tests_is_told_how_to_write_one() {
    let folder = Folder::new();
    folder.write("a.task", "print(1)\n");
    let output = run(&folder, &["test"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()));
    assert!(stderr(&output).contains("test \"an old order becomes late\""));
}

#[test]
fn a_file_with_errors_keeps_no_other_from_being_tested() {
    let folder = tested();
    folder.write("broken.task", "print(missing)\ntest \"t\" { run() }\n");
    let output = run(&folder, &["test", "--filter", "one and one"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("1 test passed"));
    let said = stderr(&output);
    assert!(
        said.contains("unknown-name") && said.contains("the tests of 1 file did not run"),
        "{said}"
    );
}

#[test]
fn a_new_project_passes_its_test() {
    let folder = Folder::new();
    assert!(run(&folder, &["init"]).status.success());
    let output = run(&folder, &["test"]);
    assert_eq!(
        stdout(&output),
        "ok   late_orders.task: an old open order becomes late\n1 test passed\n"
    );
}

#[test]
fn a_simulation_shows_what_becomes_of_every_due_time() {
    let folder = Folder::new();
    folder.write("night.task", "schedule \"30 2 * * *\" in \"Europe/Berlin\"\nprint(1)\n");
    folder.write("often.task", "schedule every 1h\ntimeout 2h\nprint(1)\n");
    let args =
        ["simulate", "--from", "2026-03-29", "--to", "2026-03-29T04:00:00Z", "--took", "often=90m"];
    let output = run(&folder, &args);
    assert_eq!(
        stdout(&output),
        "2026-03-29T00:00:00+00:00  often                    succeeded\n\
         2026-03-29T03:00:00+02:00  night                    succeeded\n\
         2026-03-29T01:00:00+00:00  often                    skipped: run 1 has not ended\n\
         2026-03-29T02:00:00+00:00  often                    succeeded\n\
         2026-03-29T03:00:00+00:00  often                    skipped: run 3 has not ended\n\
         \n\
         night                    1 due: 1 succeeded\n\
         often                    4 due: 2 succeeded, 2 skipped\n"
    );
    let output = run(
        &folder,
        &[
            "simulate",
            "--from",
            "2026-03-29",
            "--down",
            "2026-03-29T00:30:00Z..2026-03-29T05:30:00Z",
            "--format",
            "json",
        ],
    );
    let lines: Vec<serde_json::Value> =
        stdout(&output).lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let summary = lines.iter().find(|it| it["summary"] == "often").unwrap();
    assert_eq!(summary["states"], serde_json::json!({ "missed": 4, "succeeded": 20 }));
    let missed = lines.iter().find(|it| it["decision"] == "missed").unwrap();
    assert!(missed["reason"].as_str().unwrap().contains("stands for it"), "{missed}");
}

#[test]
fn a_simulation_of_nonsense_is_wrong_usage() {
    let folder = Folder::new();
    folder.write("a.task", "schedule every 1h\nprint(1)\n");
    for args in [
        &["simulate", "--from", "2026-02-30"][..],
        &["simulate", "--from", "2026-01-02", "--to", "2026-01-01"],
        &["simulate", "--took", "b=3m"],
        &["simulate", "--took", "soon"],
        &["simulate", "--down", "2026-01-01"],
        &["simulate", "nowhere"],
    ] {
        assert_eq!(run(&folder, args).status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn a_run_is_tried_again_as_its_header_says() {
    let folder = Folder::new();
    folder.write(
        "flaky.task",
        "retry 2 every 1ms\non failure { print(\"gave up: {error.message}\") }\n\
         print(\"{run.attempt} {run.trigger}\")\nif run.attempt < 3 { fail \"not yet\" }\n",
    );
    let output = run(&folder, &["run", "flaky.task"]);
    assert_eq!(
        (output.status.code(), stdout(&output)),
        (Some(0), "1 manual\n2 retry\n3 retry\n".to_owned())
    );
    assert!(
        stderr(&output).contains("attempt 2 of 3 failed; the next one in 1ms"),
        "{}",
        stderr(&output)
    );
    folder.write(
        "flaky.task",
        "retry 1 every 1ms\non failure { print(\"gave up: {error.message}\") }\nfail \"never\"\n",
    );
    let output = run(&folder, &["run", "flaky.task"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), "gave up: never\n".to_owned()));
}

#[test]
fn a_run_is_stopped_at_its_timeout() {
    let folder = Folder::new();
    folder.write("long.task", "timeout 100ms\nvar n = 0\nwhile true { n += 1 }\nprint(n)\n");
    let output = run(&folder, &["run", "long.task"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("error[timeout]"), "{}", stderr(&output));
}
