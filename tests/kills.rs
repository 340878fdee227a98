//! The real server under `kill -9`: what its tasks do to a database, to another one, to a web server and to a mail server is
//! compared with what it says that it did. Nothing is lost, and nothing is done twice.
//!
//! `ROUNDS=100 cargo test kills` kills it some 2,500 times.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use serde_json::Value as Json;

use crate::random::{Random, rounds};
use crate::support::server::{Server, ledger};
use crate::support::web::Request;
use crate::support::{Folder, mail, stderr, stdout, taskc, until, web};

/// Each run writes its due time to all of them, in every way that there is.
const TASK: &str = r#"schedule every 1s
missed all 1000
overlap allow 50
allow http "*"
retry 3 every 1s

table Paid { due: text key  note: text }
table Booked in books as "booked" { due: text key }

const PEER = "http://PEER"
let due = "{run.due}"
let id = uuid.v4()
Paid.insert({ due: due, note: id })
transaction {
  Paid.insert({ due: "{due} twice", note: id })
  Paid.update(due, { note: "{id} again" })
}
Booked.insert({ due: due })
http.put("{PEER}/put", body: "{due} {id}", idempotent: true)
http.post("{PEER}/keyed", body: "{due} {id}", idempotent: true)
if due.ends_with("7Z") { http.get("{PEER}/fails?{due}") }
http.post("{PEER}/once", body: due)
print("paid {due} {id}")
sleep(1100ms)
mail.send(to: "ada@example.com", subject: due, text: id)
print("done {due}")
"#;

struct World {
    folder: Folder,
    peer: web::Server,
    post: mail::Server,
    in_doubt: Cell<usize>,
}

impl World {
    fn new() -> Self {
        let failed = Mutex::new(BTreeSet::new());
        let peer = web::Server::start(move |request| {
            // Each of these fails once, and then no more.
            let target = &request.target;
            let fails =
                target.starts_with("/fails") && failed.lock().unwrap().insert(target.clone());
            (if fails { 503 } else { 200 }, "{}".to_owned())
        });
        let post = mail::Server::start();
        let folder = Folder::new();
        folder.write(
            "taskc.toml",
            &format!(
                "[sources]\nbooks = \"sqlite:books.db\"\n[http]\nprivate = [\"{}\"]\n\
                 [mail]\nurl = \"smtp://127.0.0.1:{}\"\nfrom = \"desk@example.com\"\n[server]\nworkers = 32\n",
                peer.address, post.port
            ),
        );
        let books = rusqlite::Connection::open(folder.path().join("books.db")).unwrap();
        books
            .execute_batch(
                "PRAGMA journal_mode = wal; CREATE TABLE booked (due TEXT PRIMARY KEY NOT NULL)",
            )
            .unwrap();
        folder.write("pay.task", &TASK.replace("PEER\"", &format!("{}\"", peer.address)));
        Self { folder, peer, post, in_doubt: Cell::new(0) }
    }

    /// What a person would do: look whether the other side has seen the call of a run in doubt.
    fn settle(&self) {
        for row in ledger(&self.folder, &["--state", "in-doubt"]) {
            let due = run_due(&row);
            let message = row["error"]["message"].as_str().unwrap();
            let was_done = if message.contains("`mail.send`") {
                self.mails().contains_key(&due)
            } else {
                assert!(message.contains("`http.post`"), "{message}");
                self.asked("/once").contains_key(&due)
            };
            let how = if was_done { "accept" } else { "retry" };
            let run = row["run"].to_string();
            let settled = taskc(self.folder.path()).args(["settle", &run, how]).output().unwrap();
            assert!(settled.status.success(), "{}", stderr(&settled));
            self.in_doubt.set(self.in_doubt.get() + 1);
        }
    }

    /// How often the web server was asked, by the due time that was sent.
    fn asked(&self, path: &str) -> BTreeMap<String, Vec<Request>> {
        let mut asked: BTreeMap<String, Vec<Request>> = BTreeMap::new();
        for request in self.peer.seen().into_iter().filter(|it| it.target == path) {
            let due = request.body.split(' ').next().unwrap().to_owned();
            asked.entry(due).or_default().push(request);
        }
        asked
    }

    /// How many mails there are, by their subjects.
    fn mails(&self) -> BTreeMap<String, usize> {
        let mut mails = BTreeMap::new();
        for mail in self.post.mails() {
            let subject = mail.lines().find_map(|it| it.strip_prefix("Subject: ")).unwrap();
            *mails.entry(subject.trim().to_owned()).or_default() += 1;
        }
        mails
    }

    fn texts(&self, database: &str, sql: &str) -> Vec<String> {
        let connection = rusqlite::Connection::open(self.folder.path().join(database)).unwrap();
        let mut select = connection.prepare(sql).unwrap();
        let rows = select.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<rusqlite::Result<_>>().unwrap()
    }
}

/// When a row's run was due, as the task prints it.
fn run_due(row: &Json) -> String {
    let due: jiff::Timestamp = row["due"].as_str().unwrap().parse().unwrap();
    due.to_string()
}

#[test]
fn a_killed_server_loses_nothing_and_does_nothing_twice() {
    let mut random = Random::new("kills");
    let world = World::new();
    let kills = rounds(25);
    for _ in 0..kills {
        let server = Server::start(&world.folder);
        world.settle();
        thread::sleep(Duration::from_millis(random.below(700)));
        server.kill();
        // What was on the wire has arrived.
        thread::sleep(Duration::from_millis(30));
    }
    let server = Server::start(&world.folder);
    assert!(!server.log().contains("error"), "{}", server.log());
    // From here on no new due times: the runs that there are come to their end, on the code that they began with.
    world.folder.write("pay.task", "active false\nprint(\"no more\")\n");
    until("all runs have ended", || {
        world.settle();
        let rows = ledger(&world.folder, &[]);
        let is_over = |row: &Json| row["decision"] != "ran" || row.get("ended").is_some();
        rows.iter().all(is_over)
    });
    assert_eq!(server.stop(), Some(0));
    world.compare();
    println!("{kills} kills, {} runs in doubt settled", world.in_doubt.get());
}

impl World {
    /// What the server says it did, and what the others have seen.
    fn compare(&self) {
        let rows = ledger(&self.folder, &[]);
        let ran: Vec<&Json> = rows.iter().filter(|it| it["decision"] == "ran").collect();
        assert!(!ran.is_empty());
        for row in &ran {
            assert_eq!(row["state"], "succeeded", "{row}");
        }
        let due: Vec<String> = ran.iter().map(|it| run_due(it)).collect();
        let twice = |it: &String| [it.clone(), format!("{it} twice")];
        assert_eq!(self.texts(".taskc/main.db", "SELECT due FROM paid ORDER BY due"), {
            let mut all: Vec<_> = due.iter().flat_map(twice).collect();
            all.sort();
            all
        });
        assert_eq!(self.texts("books.db", "SELECT due FROM booked ORDER BY due"), due);
        let (once, mails) = (self.asked("/once"), self.mails());
        let (keyed, put) = (self.asked("/keyed"), self.asked("/put"));
        for it in &due {
            assert_eq!(once.get(it).map_or(0, Vec::len), 1, "posts for {it}");
            assert_eq!(mails.get(it), Some(&1), "mails for {it}");
            assert!(put.contains_key(it), "no put for {it}");
            let requests = &keyed[it];
            let key = |it: &Request| it.header("idempotency-key").map(str::to_owned);
            let same = |other: &Request| {
                key(other).is_some()
                    && key(other) == key(&requests[0])
                    && other.body == requests[0].body
            };
            assert!(requests.iter().all(same), "{requests:?}");
        }
        let known = [once.len(), mails.len(), keyed.len(), put.len()];
        assert_eq!(known, [due.len(); 4], "nothing was done for due times without a run");
        self.compare_lines(&ran);
    }

    /// Each run said everything once, with the identifier that it had at its beginning.
    fn compare_lines(&self, ran: &[&Json]) {
        for row in ran {
            let (run, due) = (row["run"].to_string(), run_due(row));
            let logs = taskc(self.folder.path()).args(["logs", &run, "--format", "json"]).output();
            let logs = stdout(&logs.unwrap());
            let lines: Vec<Json> =
                logs.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let texts: Vec<&str> = lines
                .iter()
                .filter(|it| it["level"] == "output")
                .map(|it| it["text"].as_str().unwrap())
                .collect();
            let note = self.texts(
                ".taskc/main.db",
                &format!("SELECT note FROM paid WHERE due = '{due} twice'"),
            );
            assert_eq!(
                texts,
                [format!("paid {due} {}", note[0]), format!("done {due}")],
                "run {run}"
            );
        }
    }
}
