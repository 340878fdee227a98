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

#[test]
fn a_retry_goes_on_from_the_call_that_failed_and_says_nothing_twice() {
    let server = web::Server::start(|request| {
        // The second request of all that `/flaky` gets is answered.
        let is_first = request.header("x-n").is_some_and(|it| it == "1");
        (if request.target == "/flaky" && is_first { 503 } else { 200 }, "{}".to_owned())
    });
    let folder = Folder::new();
    folder.write("taskc.toml", &format!("[http]\nprivate = [\"{}\"]\n", server.address));
    let task = format!(
        "retry 2 every 10ms\ntable Paid {{ id: int key auto  note: text }}\nconst PEER = \"http://{}\"\n\
         print(\"begun\")\nPaid.insert({{ note: \"a\" }})\nhttp.post(\"{{PEER}}/once\", body: \"x\")\n\
         http.get(\"{{PEER}}/flaky\", headers: [\"x-n\": \"{{run.attempt}}\"])\nsleep(1s)\nprint(\"{{Paid.count()}} paid\")\n",
        server.address
    );
    folder.write("it.task", &task);
    let output = taskc(folder.path()).args(["run", "it.task"]).output().unwrap();
    let said = stderr(&output);
    assert!(!output.status.success() && said.contains("attempt 2 of 3 failed"), "{said}");
    assert_eq!(stdout(&output), "begun\n");
    let asked = |path: &str| server.seen().iter().filter(|it| it.target == path).count();
    assert_eq!(
        (asked("/once"), asked("/flaky")),
        (1, 3),
        "the call that failed is made again, as it was"
    );
    assert!(said.contains("the next one in 10ms, from the call that failed"), "{said}");
}

#[test]
fn a_retry_that_is_answered_ends_the_run_well() {
    let count = std::sync::atomic::AtomicU32::new(0);
    let server = web::Server::start(move |request| {
        let fails = request.target == "/flaky"
            && count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        (if fails { 503 } else { 200 }, "{}".to_owned())
    });
    let folder = Folder::new();
    folder.write("taskc.toml", &format!("[http]\nprivate = [\"{}\"]\n", server.address));
    let task = format!(
        "retry 2 every 10ms\nconst PEER = \"http://{}\"\nlet id = uuid.v4()\nprint(id)\nhttp.post(\"{{PEER}}/once\", body: id)\n\
         http.get(\"{{PEER}}/flaky\")\nsleep(1s)\nhttp.put(\"{{PEER}}/same\", body: id)\nprint(run.attempt)\n",
        server.address
    );
    folder.write("it.task", &task);
    let output = taskc(folder.path()).args(["run", "it.task"]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let seen = server.seen();
    let bodies: Vec<_> = seen.iter().map(|it| (it.target.as_str(), it.body.as_str())).collect();
    let printed = stdout(&output);
    let id = printed.lines().next().unwrap();
    assert_eq!(bodies, [("/once", id), ("/flaky", ""), ("/flaky", ""), ("/same", id)]);
    assert_eq!(printed, format!("{id}\n2\n"));
    // A failure that no call caused starts over where nothing was written.
    folder.write(
        "it.task",
        "retry 1 every 10ms\nprint(run.attempt)\nif run.attempt < 2 { fail \"not yet\" }\n",
    );
    let output = taskc(folder.path()).args(["run", "it.task"]).output().unwrap();
    assert_eq!(stdout(&output), "1\n2\n", "{}", stderr(&output));
    assert!(
        stderr(&output).contains("the next one in 10ms, from the beginning"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_form_with_files_is_sent_again_as_it_was() {
    let count = std::sync::atomic::AtomicU32::new(0);
    let server = web::Server::start(move |_| {
        let fails = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        (if fails { 503 } else { 200 }, "{}".to_owned())
    });
    let folder = Folder::new();
    folder.write("taskc.toml", &format!("[http]\nprivate = [\"{}\"]\n", server.address));
    let task = format!(
        "retry 1 every 10ms\nhttp.post(\"http://{}/up\", form: [\"a\": \"1\"], files: [{{ field: \"f\", name: \"x.csv\", data: \"1;2\".bytes() }}], idempotent: true)\n",
        server.address
    );
    folder.write("it.task", &task);
    let output = taskc(folder.path()).args(["run", "it.task"]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let seen = server.seen();
    let [first, second] = seen.as_slice() else { panic!("{seen:?}") };
    assert!(first.body.contains("filename=\"x.csv\"") && first.body.contains("1;2"), "{first:?}");
    assert_eq!(first.body, second.body);
    for name in ["content-type", "idempotency-key"] {
        assert!(
            first.header(name).is_some() && first.header(name) == second.header(name),
            "{name}"
        );
    }
}
