//! The real server, aborted between any two steps that a crash can come between (`engine/cuts`), at the first and the second pass: a run
//! that goes on afterwards has done in all what it would have done at once. Builds for use have no such places.

use std::sync::Mutex;

use taskc::engine::cuts::Cuts;

use crate::support::server::{Server, ledger};
use crate::support::{Folder, mail, stderr, stdout, taskc, until, web};

/// Calls of every class, twice where a second pass is not there by itself.
const TASK: &str = r#"active true
table Paid { due: text key  note: text }
const PEER = "http://PEER"
const CASE = "THIS"
let id = uuid.v4()
let seen = http.get("{PEER}/seen").status
print("begun {id} {seen}")
Paid.insert({ due: "{CASE} a", note: id })
transaction {
  Paid.insert({ due: "{CASE} b", note: id })
  Paid.update("{CASE} a", { note: "{id} again" })
}
http.put("{PEER}/put", body: "{CASE} {id}")
http.post("{PEER}/keyed", body: "{CASE} {id}", idempotent: true)
files.write("out/{CASE}.txt", id)
sleep(1100ms)
http.post("{PEER}/once", body: "{CASE} {id}")
mail.send(to: "ada@example.com", subject: CASE, text: id)
sleep(1100ms)
print("done {Paid.count()}")
"#;

/// What all cases do something to.
struct Peers {
    web: web::Server,
    post: mail::Server,
}

impl Peers {
    /// What was sent to a path in a case.
    fn asked(&self, path: &str, case: &str) -> Vec<web::Request> {
        let is_it =
            |it: &web::Request| it.target == path && it.body.starts_with(&format!("{case} "));
        self.web.seen().into_iter().filter(is_it).collect()
    }

    fn mails(&self, case: &str) -> usize {
        let line = format!("Subject: {case}");
        self.post.mails().iter().filter(|it| it.lines().any(|it| it.trim_end() == line)).count()
    }
}

#[test]
fn a_server_that_is_cut_off_anywhere_does_everything_once() {
    const AT_ONCE: usize = 4;
    let peers =
        Peers { web: web::Server::start(|_| (200, "{}".to_owned())), post: mail::Server::start() };
    let cases = Cuts::ALL.iter().flat_map(|place| [(*place, 1), (*place, 2)]);
    let cases = Mutex::new(cases.collect::<Vec<_>>());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some((place, pass)) = cases.lock().unwrap().pop() else { return };
                    cut_off(&peers, place, pass);
                }
            });
        }
    });
}

/// One run, cut off at a pass of a place, and gone on with.
fn cut_off(peers: &Peers, place: &str, pass: u32) {
    let case = format!("{place}.{pass}");
    let folder = Folder::new();
    folder.write(
        "taskc.toml",
        &format!(
            "[http]\nprivate = [\"{}\"]\n[mail]\nurl = \"smtp://127.0.0.1:{}\"\nfrom = \"desk@example.com\"\n",
            peers.web.address, peers.post.port
        ),
    );
    let task = TASK.replace("PEER\"", &format!("{}\"", peers.web.address)).replace("THIS", &case);
    folder.write("it.task", &task);
    let mut server = Server::start_with(&folder, &[("TASKC_CUT", &format!("{place}:{pass}"))]);
    // The server may be gone before it answers.
    let _ = taskc(folder.path()).args(["trigger", "it"]).output().unwrap();
    until("the server is cut off, or the run ends without", || {
        server.has_ended() || has_ended(&folder)
    });
    assert_eq!(
        server.has_ended(),
        cfg!(debug_assertions),
        "{case} is a place on the way of the run"
    );
    drop(server);

    let server = Server::start(&folder);
    until("the run ends", || {
        settle(peers, &folder, &case);
        has_ended(&folder)
    });
    assert_eq!(server.stop(), Some(0));
    compare(peers, &folder, &case);
}

fn has_ended(folder: &Folder) -> bool {
    let rows = ledger(folder, &[]);
    !rows.is_empty() && rows.iter().all(|it| it.get("ended").is_some())
}

/// What a person would do: look whether the other side has seen the call in doubt.
fn settle(peers: &Peers, folder: &Folder, case: &str) {
    for row in ledger(folder, &["--state", "in-doubt"]) {
        let is_mail = row["error"]["message"].as_str().unwrap().contains("`mail.send`");
        let was_done =
            if is_mail { peers.mails(case) > 0 } else { !peers.asked("/once", case).is_empty() };
        let how = if was_done { "accept" } else { "retry" };
        let settled = taskc(folder.path()).args(["settle", &row["run"].to_string(), how]).output();
        let settled = settled.unwrap();
        assert!(settled.status.success(), "{case}: {}", stderr(&settled));
    }
}

/// What the others have seen, and what the run says.
fn compare(peers: &Peers, folder: &Folder, case: &str) {
    let rows = ledger(folder, &[]);
    assert_eq!((rows.len(), rows[0]["state"].as_str()), (1, Some("succeeded")), "{case}: {rows:?}");
    let said = stdout(&taskc(folder.path()).args(["logs", "1"]).output().unwrap());
    let lines: Vec<_> = said.lines().filter_map(|it| it.split_once("  ")).map(|it| it.1).collect();
    let id = lines[0].split(' ').nth(1).unwrap();
    assert_eq!(lines, [format!("begun {id} 200"), "done 2".to_owned()], "{case}");
    let body = format!("{case} {id}");
    assert_eq!(peers.asked("/once", case).len(), 1, "{case}");
    assert_eq!(peers.mails(case), 1, "{case}");
    for path in ["/put", "/keyed", "/once"] {
        let asked = peers.asked(path, case);
        assert!(!asked.is_empty() && asked.iter().all(|it| it.body == body), "{case}: {asked:?}");
        let key = |it: &web::Request| it.header("idempotency-key").map(str::to_owned);
        assert!(asked.iter().all(|it| key(it) == key(&asked[0])), "{case}: {asked:?}");
        assert_eq!(key(&asked[0]).is_some(), path == "/keyed", "{case}");
    }
    let database = rusqlite::Connection::open(folder.path().join(".taskc/main.db")).unwrap();
    let mut select = database.prepare("SELECT due, note FROM paid ORDER BY due").unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let rows: Vec<(String, String)> = rows.collect::<rusqlite::Result<_>>().unwrap();
    let expected =
        [(format!("{case} a"), format!("{id} again")), (format!("{case} b"), id.to_owned())];
    assert_eq!(rows, expected, "{case}");
    let file =
        std::fs::read_to_string(folder.path().join(format!("files/out/{case}.txt"))).unwrap();
    assert_eq!(file, id, "{case}");
}
