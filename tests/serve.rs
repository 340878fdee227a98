//! The real server: serves, is asked, follows changes, stops, is killed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value as Json;

use crate::random::Random;
use crate::support::server::{Server, ledger, states};
use crate::support::{Folder, stderr, stdout, taskc, until, web};

#[test]
fn a_triggered_run_leaves_its_row_its_lines_and_its_error() {
    let folder = Folder::new();
    folder.write(
        "hello.task",
        "description \"Greets.\"\n\nprint(\"hello\")\nlog.warn(\"careful\", { n: 1 })\n",
    );
    folder.write("broken.task", "active true\n\nlet xs = [1]\nprint(xs[3])\n");
    let server = Server::start(&folder);

    let well = taskc(folder.path()).args(["trigger", "hello", "--wait"]).output().unwrap();
    assert_eq!(stdout(&well), "run 1 succeeded\n", "{}", stderr(&well));
    let ill = taskc(folder.path()).args(["trigger", "broken", "--wait"]).output().unwrap();
    assert_eq!((ill.status.code(), stdout(&ill).as_str()), (Some(1), "run 2 failed\n"));
    assert!(stderr(&ill).starts_with("error[index]") && stderr(&ill).contains("broken.task:4:"));

    let rows = ledger(&folder, &[]);
    assert_eq!(states(&rows), ["succeeded", "failed"]);
    assert_eq!(rows[0]["trigger"], "manual");
    assert_eq!(rows[1]["error"]["code"], "index");

    let logs = taskc(folder.path()).args(["logs", "1", "--format", "json"]).output().unwrap();
    let lines: Vec<Json> =
        stdout(&logs).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["level"], &lines[0]["text"]), (&"output".into(), &"hello".into()));
    assert_eq!((&lines[1]["level"], &lines[1]["fields"]["n"]), (&"warn".into(), &1.into()));

    let none = taskc(folder.path()).args(["trigger", "helo"]).output().unwrap();
    assert_eq!(none.status.code(), Some(1));
    assert!(stderr(&none).contains("no task `helo`"), "{}", stderr(&none));
    assert_eq!(server.stop(), Some(0));
    assert_eq!(states(&ledger(&folder, &[])), ["succeeded", "failed"]);
}

#[test]
fn a_broken_edit_keeps_the_version_before_and_a_mended_one_takes_over() {
    let folder = Folder::new();
    folder.write("it.task", "active true\n\nprint(\"one\")\n");
    folder.write("never.task", "active true\n\nprint(missing)\n");
    let server = Server::start(&folder);
    assert!(server.log().contains("serving 1 of 2 tasks"), "{}", server.log());
    assert!(server.log().contains("nothing is called `missing`"), "{}", server.log());
    let said = |run: &str| {
        let output = taskc(folder.path()).args(["trigger", "it", "--wait"]).output().unwrap();
        assert_eq!(stdout(&output), format!("run {run} succeeded\n"), "{}", stderr(&output));
        let lines = taskc(folder.path()).args(["logs", run, "--format", "json"]).output().unwrap();
        let line: Json = serde_json::from_str(stdout(&lines).trim()).unwrap();
        line["text"].as_str().unwrap().to_owned()
    };
    assert_eq!(said("1"), "one");

    folder.write("it.task", "active true\n\nprint(two)\n");
    until("the broken edit is noticed", || server.log().contains("it: refused"));
    assert!(server.log().contains("nothing is called `two`"), "{}", server.log());
    assert_eq!(said("2"), "one");

    folder.write("it.task", "active true\n\nprint(\"three\")\n");
    until("the mended edit is served", || server.log().matches("it: not scheduled").count() == 2);
    assert_eq!(said("3"), "three");

    std::fs::remove_file(folder.path().join("it.task")).unwrap();
    until("the task is gone", || server.log().contains("it: removed"));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn only_one_server_uses_a_data_folder() {
    let folder = Folder::new();
    folder.write("it.task", "active true\n\nprint(1)\n");
    let server = Server::start(&folder);
    let second = taskc(folder.path()).arg("serve").output().unwrap();
    assert_eq!(second.status.code(), Some(2));
    assert!(stderr(&second).contains(&server.id().to_string()), "{}", stderr(&second));
}

#[test]
fn a_graceful_stop_lets_a_run_end_and_pauses_skip_with_a_reason() {
    let folder = Folder::new();
    folder.write("slow.task", "active true\n\nprint(\"begun\")\nsleep(1s)\nprint(\"ended\")\n");
    folder.write("often.task", "schedule every 1s\n\nprint(run.due)\n");
    let server = Server::start(&folder);
    until("a scheduled run succeeds", || {
        states(&ledger(&folder, &["often"])).contains(&"succeeded")
    });
    assert!(taskc(folder.path()).args(["pause", "often"]).status().unwrap().success());
    until("a due time is skipped", || {
        ledger(&folder, &["often", "--state", "skipped"])
            .iter()
            .any(|it| it["reason"].as_str().is_some_and(|why| why.contains("paused")))
    });
    let started = taskc(folder.path()).args(["trigger", "slow"]).output().unwrap();
    assert!(stdout(&started).contains("started"), "{}", stdout(&started));
    until("the run says something", || server.log().contains("begun"));
    assert_eq!(server.stop(), Some(0));
    assert_eq!(states(&ledger(&folder, &["slow"])), ["succeeded"]);
}

#[test]
fn due_times_that_have_passed_are_made_up_for_by_hand() {
    let folder = Folder::new();
    folder.write("daily.task", "schedule \"0 7 * * *\"\nprint(\"{run.due} {run.trigger}\")\n");
    let run = |args: &[&str]| taskc(folder.path()).args(args).output().unwrap();
    let range = ["backfill", "daily", "--from", "2026-01-05", "--to", "2026-01-08"];
    let plan = run(&[&range[..], &["--dry-run"]].concat());
    let line = |day: u32| format!("2026-01-0{day}T07:00:00+00:00  runs   has no row\n");
    assert_eq!(stdout(&plan), [5, 6, 7].map(line).concat(), "{}", stderr(&plan));
    assert_eq!(run(&range).status.code(), Some(2), "nobody serves");
    let server = Server::start(&folder);
    let asked = run(&range);
    assert!(stdout(&asked).ends_with("queued: 3 due times of daily\n"), "{}", stderr(&asked));
    until("all have run", || states(&ledger(&folder, &[])) == ["succeeded"; 3]);
    let first = run(&["logs", "1"]);
    assert!(stdout(&first).ends_with("2026-01-05T07:00:00Z manual\n"), "{}", stdout(&first));
    let again = run(&range);
    assert!(
        stdout(&again).contains("stays  run 1 succeeded") && stderr(&again).contains("nothing")
    );
    let forced = run(&[&range[..3], &["2026-01-07", "--to", "2026-01-08", "--force"]].concat());
    assert!(stdout(&forced).contains("runs   run 3 succeeded (--force)"), "{}", stdout(&forced));
    assert_eq!(run(&["resume", "daily", "--catch-up"]).status.code(), Some(0));
    assert_eq!(server.stop(), Some(0));
}

/// Kills the server at moments of no one's choosing. However it ends, each due time has one row, and no due time was run twice.
#[test]
fn killed_servers_lose_nothing_and_repeat_nothing() {
    const KILLS: u64 = 12;
    let mut random = Random::new("serve");
    let folder = Folder::new();
    folder.write("begun.task", "table Begun {\n    id: int key auto\n    due: time\n}\n");
    folder.write(
        "often.task",
        "schedule every 1s\nmissed all 100\noverlap queue 100\n\nuse begun\n\n\
         Begun.insert({ due: run.due })\nsleep(300ms)\nprint(\"done\")\n",
    );
    for _ in 0..KILLS {
        let server = Server::start(&folder);
        thread::sleep(Duration::from_millis(random.below(1500)));
        server.kill();
    }
    let server = Server::start(&folder);
    until("what was missed is made up for", || {
        let rows = ledger(&folder, &["often"]);
        rows.len() > 5
            && rows
                .iter()
                .rev()
                .skip(2)
                .all(|it| it["decision"] != "queued" && it["state"] != "running")
    });
    assert_eq!(server.stop(), Some(0));

    let rows = ledger(&folder, &["often"]);
    let due: Vec<i64> = rows.iter().map(|it| seconds(it["due"].as_str().unwrap())).collect();
    let first = due[0];
    let expected: Vec<i64> = (first..).take(due.len()).collect();
    assert_eq!(due, expected, "each second has exactly one row");
    let ran: Vec<&Json> = rows.iter().filter(|it| it["decision"] == "ran").collect();
    assert!(!ran.is_empty());
    assert!(ran.iter().all(|it| matches!(it["state"].as_str(), Some("succeeded" | "interrupted"))));
    assert!(ran.iter().all(|it| it["attempt"] == 1));

    // What the runs did is in the task's own table: at most one row for each due time, and one for each success.
    folder
        .write("count.task", "use begun\n\nfor b in from b in Begun sort b.due { print(b.due) }\n");
    let output = taskc(folder.path()).args(["run", "count.task"]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let begun: Vec<i64> = stdout(&output).lines().map(seconds).collect();
    let mut unique = begun.clone();
    unique.dedup();
    assert_eq!(begun, unique, "no due time was run twice");
    for row in ran.iter().filter(|it| it["state"] == "succeeded") {
        assert!(begun.contains(&seconds(row["due"].as_str().unwrap())), "{row}");
    }
}

fn seconds(time: &str) -> i64 {
    time.parse::<jiff::Timestamp>().unwrap().as_second()
}

#[test]
fn the_last_calls_of_a_run_are_shown_with_their_times() {
    let folder = Folder::new();
    folder.write(
        "it.task",
        "trace 3\ntable Paid { id: int key auto  note: text }\n\
         fn keep(n: int) { files.write(\"out/{n}.txt\", \"x\") }\n\
         for n in 0..4 { keep(n) }\nPaid.insert({ note: \"a\" })\nprint(\"said\")\nfiles.read(\"nowhere\")\n",
    );
    folder.write("quiet.task", "trace off\nfiles.write(\"out/q.txt\", \"x\")\n");
    let server = Server::start(&folder);
    for task in ["it", "quiet"] {
        taskc(folder.path()).args(["trigger", task, "--wait"]).output().unwrap();
    }
    let logs = |args: &[&str]| taskc(folder.path()).arg("logs").args(args).output().unwrap();
    let lines: Vec<Json> = stdout(&logs(&["1", "--trace", "--format", "json"]))
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    let shown: Vec<_> = lines
        .iter()
        .map(|it| (it["level"].as_str().unwrap(), it["text"].as_str().unwrap()))
        .collect();
    assert_eq!(
        shown,
        [
            ("trace", "files.write(path: \"out/3.txt\", data: \"x\")"),
            ("trace", "Paid.insert({ note: \"a\" })"),
            ("output", "said"),
            ("trace", "files.read(path: \"nowhere\")"),
        ]
    );
    assert_eq!(lines[3]["fields"]["error"], "not-found");
    assert_eq!(lines[3]["fields"]["place"], "it.task:7:1");
    assert!(lines[1]["fields"]["took_us"].as_i64().is_some_and(|it| it > 0), "{}", lines[1]);
    let shown = stdout(&logs(&["1", "--trace"]));
    assert!(
        shown.contains("trace: files.read(path: \"nowhere\") failed with not-found, "),
        "{shown}"
    );
    assert_eq!(stdout(&logs(&["1"])).lines().count(), 1, "only who asks is shown");
    let quiet = logs(&["2", "--trace"]);
    assert!(stdout(&quiet).is_empty() && stderr(&quiet).contains("no calls were recorded"));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_stop_that_cannot_wait_leaves_runs_where_they_are() {
    let is_first = AtomicBool::new(true);
    let peer = web::Server::start(move |request| {
        let hangs = request.target == "/hangs" || is_first.swap(false, Ordering::SeqCst);
        if hangs {
            loop {
                thread::park();
            }
        }
        (200, "{}".to_owned())
    });
    let folder = Folder::new();
    folder.write(
        "taskc.toml",
        &format!("[http]\nprivate = [\"{}\"]\n[server]\nstop_seconds = 0\n", peer.address),
    );
    let asks = format!(
        "active true\nlet id = uuid.v4()\nprint(id)\nhttp.get(\"http://{}/slow\")\nprint(\"done {{id}}\")\n",
        peer.address
    );
    folder.write("asks.task", &asks);
    folder.write(
        "sends.task",
        &format!("active true\nhttp.post(\"http://{}/hangs\")\n", peer.address),
    );
    let trigger =
        |task| assert!(taskc(folder.path()).args(["trigger", task]).status().unwrap().success());
    let server = Server::start(&folder);
    trigger("asks");
    until("one is asked", || peer.seen().len() == 1);
    trigger("sends");
    until("both are asked", || peer.seen().len() == 2);
    assert_eq!(server.stop(), Some(0));
    assert_eq!(states(&ledger(&folder, &["asks"])), ["sleeping"]);
    assert_eq!(states(&ledger(&folder, &["sends"])), ["running"]);
    let store = rusqlite::Connection::open(folder.path().join(".taskc/taskc.db")).unwrap();
    let snapshots: Vec<i64> = store
        .prepare("SELECT run FROM snapshots")
        .unwrap()
        .query_map([], |it| it.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(snapshots, [1]);
    drop(store);

    let server = Server::start(&folder);
    until("one ends well, the other is in doubt", || {
        states(&ledger(&folder, &["asks"])) == ["succeeded"]
            && states(&ledger(&folder, &["sends"])) == ["in-doubt"]
    });
    let said = stdout(&taskc(folder.path()).args(["logs", "1"]).output().unwrap());
    let lines: Vec<_> = said.lines().filter_map(|it| it.split_once("  ")).map(|it| it.1).collect();
    assert_eq!(lines, [lines[0], &format!("done {}", lines[0])]);
    let asked: Vec<_> = peer.seen().into_iter().map(|it| it.target).collect();
    assert_eq!(asked, ["/slow", "/hangs", "/slow"]);
    assert_eq!(server.stop(), Some(0));
}
