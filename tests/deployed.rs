//! `taskc check --deployed`: what edits would have meant for runs that a real server has under way.

use serde_json::Value as Json;

use crate::support::server::{Server, ledger, states};
use crate::support::{Folder, stderr, stdout, taskc, until};

/// A task that writes, waits for an hour, and writes again.
const WAITS: &str = "active true\nlet id = uuid.v4()\nfiles.write(\"out/a.txt\", id)\nsleep(1h)\nfiles.write(\"out/b.txt\", id)\n";
const KEEPS: &str = "active true\ntable Person { id: int key auto  name: text }\nlet p = Person.insert({ name: \"Ada\" })\nsleep(1h)\nprint(p.name)\n";

/// Each task with what it is edited to, and how its run would come another way.
const EDITS: [(&str, &str, &str, Option<&str>); 7] = [
    ("same", WAITS, WAITS, None),
    (
        "later",
        WAITS,
        "active true\n// Looks the same up to the sleep.\nlet id = uuid.v4()\nlet at = \"out/a.txt\"\nfiles.write(at, id)\nsleep(1h)\nfiles.write(\"out/c.txt\", id)\nfiles.write(\"out/d.txt\", id)\n",
        None,
    ),
    (
        "elsewhere",
        WAITS,
        "active true\nlet id = uuid.v4()\n\nfiles.write(\"out/x.txt\", id)\nsleep(1h)\n",
        Some(
            "elsewhere.task:4:1: it gives `files.write` other arguments than the run did (line 3 of its version)",
        ),
    ),
    (
        "less",
        WAITS,
        "active true\nlet id = uuid.v4()\nsleep(1h)\nfiles.write(\"out/b.txt\", id)\n",
        Some(
            "less.task:3:1: it makes `sleep` where the run made `files.write` (line 3 of its version)",
        ),
    ),
    (
        "ends",
        WAITS,
        "active true\nlet id = uuid.v4()\nfiles.write(\"out/a.txt\", id)\n",
        Some("it does not come to `sleep`, which the run made (line 4 of its version)"),
    ),
    (
        "wider",
        KEEPS,
        "active true\ntable Person { id: int key auto  name: text  note: text? }\nlet p = Person.insert({ name: \"Ada\" })\nsleep(1h)\nprint(p.note ?? p.name)\n",
        Some(
            "wider.task:3:9: its `table` is another one, or gives another type, than the run's (line 3 of its version)",
        ),
    ),
    ("gone", WAITS, "", Some("there is no task called `gone` any more")),
];

#[test]
fn edits_are_tried_on_the_runs_that_are_under_way() {
    let folder = Folder::new();
    for (task, before, ..) in EDITS {
        folder.write(&format!("{task}.task"), before);
    }
    let server = Server::start(&folder);
    for (task, ..) in EDITS {
        let asked = taskc(folder.path()).args(["trigger", task]).output().unwrap();
        assert!(asked.status.success(), "{}", stderr(&asked));
    }
    until("all sleep", || states(&ledger(&folder, &[])) == ["sleeping"; EDITS.len()]);
    let check = |args: &[&str]| {
        taskc(folder.path()).args(["check", "--deployed"]).args(args).output().unwrap()
    };
    let unchanged = check(&[]);
    assert_eq!(unchanged.status.code(), Some(0), "{}", stderr(&unchanged));
    assert_eq!(
        stdout(&unchanged).matches("goes on alike; its task was not edited").count(),
        EDITS.len()
    );

    for (task, _, after, _) in EDITS {
        let path = format!("{task}.task");
        if after.is_empty() {
            std::fs::remove_file(folder.path().join(path)).unwrap();
        } else {
            folder.write(&path, after);
        }
    }
    let edited = check(&["--format", "json"]);
    assert_eq!(edited.status.code(), Some(1), "{}", stderr(&edited));
    let rows: Vec<Json> =
        stdout(&edited).lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    for (task, before, after, expected) in EDITS {
        let row = rows.iter().find(|it| it["task"] == task).unwrap();
        assert_eq!(row["state"], "sleeping");
        assert_eq!(row["changed"], before != after, "{row}");
        assert_eq!(row["safe"], expected.is_none(), "{row}");
        let Some(expected) = expected else { continue };
        let why = row["why"].as_str().unwrap();
        let said = row["at"].as_str().map_or(why.to_owned(), |at| format!("{at}: {why}"));
        assert_eq!(said, expected);
    }
    assert_eq!(server.stop(), Some(0));

    // Nothing has to serve, and files may be named.
    let one = check(&["later.task"]);
    assert_eq!(one.status.code(), Some(0), "{}", stderr(&one));
    assert!(stdout(&one).ends_with("of `later` (sleeping): goes on alike\n"), "{}", stdout(&one));
    let other = check(&["less.task", "--data", ".taskc"]);
    assert_eq!(other.status.code(), Some(1));
    assert!(
        stdout(&other).contains("would come another way at less.task:3:1: "),
        "{}",
        stdout(&other)
    );
    let files: Vec<_> = std::fs::read_dir(folder.path().join("files/out")).unwrap().collect();
    assert_eq!(files.len(), 1, "nothing was done");
}
