//! Runs that are cut off at every place where they can be, and go on: they do in all what they would have done at once.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use super::*;
use crate::bytecode::Verified;
use crate::bytecode::run_field::RunField;
use crate::check::headers::TaskHeaders;
use crate::engine::attempt::{self, Attempt, Ended, Order};
use crate::engine::cuts::Cuts;
use crate::engine::lines::Before;
use crate::host::http::Method;
use crate::host::sim::{self, Answer, Stub, World};
use crate::host::{Clock, Host};
use crate::schedule::Duration;
use crate::stdlib::effect::{self, Output};
use crate::store::{Forget, Level, Line, RunState};
use crate::value::{Code, Value};

/// What is on disk of a run, and what is not yet.
#[derive(Default)]
struct Disk {
    entries: Vec<Entry>,
    lines: Vec<Line>,
    snapshot: Option<Vec<u8>>,
    settled: Option<Settlement>,
}

/// Keeps what a run says and learns in memory. What was not kept is lost with the run.
struct Keeper {
    disk: Arc<Mutex<Disk>>,
    pending: Mutex<Pending>,
}

struct Pending {
    entries: Vec<Entry>,
    lines: Vec<Line>,
    before: Before,
    said: u64,
}

/// A run that is cut off while it holds a lock has changed nothing behind it.
fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keeper {
    fn new(disk: Arc<Mutex<Disk>>) -> Self {
        let before = lock(&disk).lines.clone();
        let said = before.len() as u64;
        let before = Before::new(before);
        let pending = Pending { entries: Vec::new(), lines: Vec::new(), before, said };
        Self { disk, pending: Mutex::new(pending) }
    }

    fn write(&self) {
        let mut pending = lock(&self.pending);
        let mut disk = lock(&self.disk);
        disk.entries.append(&mut pending.entries);
        disk.lines.append(&mut pending.lines);
    }
}

impl Output for Keeper {
    fn print(&self, text: &str) {
        let mut pending = lock(&self.pending);
        if !pending.before.had(Level::Output, text, None) {
            let line =
                Line { at: Instant(0), level: Level::Output, text: text.to_owned(), fields: None };
            pending.lines.push(line);
            pending.said += 1;
        }
    }

    fn log(&self, _: effect::Level, text: &str, _: Option<&str>) {
        self.print(text);
    }

    fn progress(&self, _: i64, _: i64) {}
}

impl Listener for Keeper {
    fn is_full(&self) -> bool {
        false
    }

    fn hand_on(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            let has_lines = !lock(&self.pending).lines.is_empty();
            if has_lines {
                self.write();
            }
        })
    }
}

impl Recorder for Keeper {
    fn note(&self, entry: Entry) {
        lock(&self.pending).entries.push(entry);
    }

    fn keep(&self) -> BoxFuture<'_, bool> {
        self.write();
        Box::pin(async { true })
    }

    fn push(&self) -> BoxFuture<'_, ()> {
        self.write();
        Box::pin(async {})
    }

    fn let_go(&self) {
        lock(&self.pending).entries.clear();
    }

    fn lines_said(&self) -> u64 {
        lock(&self.pending).said
    }

    fn skip_lines(&self, count: u64) {
        lock(&self.pending).before.skip(count);
    }
}

/// Sleeps for ever: what waits for time gives its worker back.
#[derive(Clone)]
struct Still(sim::Clock);

impl Clock for Still {
    fn now_us(&self) -> i64 {
        self.0.now_us()
    }

    fn monotonic_us(&self) -> u64 {
        self.0.monotonic_us()
    }

    fn boot_us(&self) -> Option<u64> {
        self.0.boot_us()
    }

    fn sleep(&self, _: std::time::Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    fn block(&self, _: std::time::Duration) {}
}

/// A run in a simulated world, attempt after attempt.
struct Scene {
    world: World,
    program: Arc<Verified>,
    headers: Arc<TaskHeaders>,
    disk: Arc<Mutex<Disk>>,
    /// Whether snapshots are taken away, so that everything is replayed.
    forgets_snapshots: bool,
    number: u32,
    order: Order,
}

impl Scene {
    fn new(source: &str) -> Self {
        let (project, checked) = crate::check::testing::checked(&[("main", source)]);
        let file = project.files()[0].source.id;
        let library = crate::check::testing::library();
        let valid = checked
            .valid(&project, library, file)
            .unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
        let program = crate::bytecode::verify(crate::bytecode::compile::compile(valid)).unwrap();
        let world = World::new(7, 1_774_744_200_000_000);
        for (method, path) in [(Method::Post, "post"), (Method::Put, "put"), (Method::Get, "get")] {
            let pattern = format!("https://a.example/{path}");
            let answer = Answer::new(200, "{\"ok\":true}");
            world.http.stub(Stub::new(pattern).method(method).answer(answer));
        }
        Self {
            world,
            program: Arc::new(program),
            headers: Arc::clone(&checked.file(file).headers),
            disk: Arc::default(),
            forgets_snapshots: false,
            number: 1,
            order: Order::GoOn,
        }
    }

    fn host(&self) -> Host {
        Host { clock: Arc::new(Still(self.world.clock.clone())), ..self.world.host() }
    }

    /// One stay with a worker, up to a cut; nothing where it was cut off.
    fn stay(&self, cuts: Cuts) -> Option<Ended> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let keeper = Arc::new(Keeper::new(self.disk.clone()));
        let (_sender, order) = watch::channel(self.order);
        let past = {
            let mut disk = lock(&self.disk);
            let snapshot = disk.snapshot.clone().filter(|_| !self.forgets_snapshots);
            let mut entries = disk.entries.clone();
            if let Some(settlement) = disk.settled.take() {
                let last = entries.iter().rfind(|it| it.noted == Noted::Intends).cloned().unwrap();
                let n = entries.last().unwrap().n + 1;
                entries.push(Entry { n, noted: Noted::Settled(settlement), ..last });
                disk.entries.clone_from(&entries);
            }
            Past { name: "store.1.1".to_owned(), entries, snapshot }
        };
        let run = RunField::ALL.iter().map(|_| Value::Int(self.number.into())).collect();
        let attempt = Attempt {
            program: self.program.clone(),
            headers: self.headers.clone(),
            kept: Vec::new(),
            run,
            is_last: self.number > self.headers.retry.times,
            host: self.host(),
            known: Arc::default(),
            number: self.number,
            used: Duration::ZERO,
            journal: Some((past, keeper.clone())),
            cuts,
            listener: keeper.clone(),
            order,
        };
        let ended = catch_unwind(AssertUnwindSafe(|| runtime.block_on(attempt::run(attempt))));
        ended.ok()
    }

    /// Takes the run to its end: lets time pass while it sleeps, settles what is in doubt, and goes on after it was cut off.
    fn finish(&mut self, cuts: &Cuts, truth: Settlement) -> Ended {
        for _ in 0..1000 {
            match self.stay(cuts.clone()) {
                None => {}
                Some(Ended::Sleeps { until, snapshot, .. }) => {
                    lock(&self.disk).snapshot = snapshot;
                    self.world.clock.advance_to(until.0);
                }
                Some(Ended::Stalled(stall)) => {
                    assert_eq!(stall.state, RunState::InDoubt, "{}", stall.error.message);
                    lock(&self.disk).settled = Some(truth);
                }
                Some(Ended::Failed(failure))
                    if failure.retryable && self.number <= self.headers.retry.times =>
                {
                    self.number += 1;
                    let mut disk = lock(&self.disk);
                    disk.snapshot = None;
                    for what in failure.forget {
                        disk.entries.retain(|it| match &what {
                            Forget::All => false,
                            Forget::From { n, prefix } => it.n < *n || !it.call.starts_with(prefix),
                        });
                    }
                }
                Some(ended) => return ended,
            }
        }
        panic!("the run never ends")
    }

    /// Everything that the world has seen and the run has said, with names for what is random: `#0`, `#1`, …
    fn ledger(&self) -> String {
        use crate::host::Mail as _;
        use std::fmt::Write as _;
        let mut out = String::new();
        for mail in self.world.mail.sent() {
            writeln!(out, "mail {}: {}", mail.subject, mail.text.unwrap_or_default()).unwrap();
        }
        let mut keyed = BTreeMap::new();
        for it in self.world.http.requests().iter().filter(|it| it.method != Method::Get) {
            let crate::host::http::Body::Bytes(body) = &it.body else { continue };
            let body = String::from_utf8_lossy(body).into_owned();
            let key = it.headers.iter().find(|it| it.name == "Idempotency-Key");
            match key {
                // A server knows by the key that it has seen this before; it must be the same.
                Some(key) => {
                    let before = keyed.insert(key.value.clone(), body.clone());
                    assert!(
                        before.as_ref().is_none_or(|it| *it == body),
                        "{key:?} {before:?} {body}"
                    );
                    if before.is_some() {
                        continue;
                    }
                }
                None if it.method == Method::Put => continue,
                None => {}
            }
            writeln!(out, "{} {body}", it.method.as_str()).unwrap();
        }
        lock(&self.disk).lines.iter().for_each(|it| writeln!(out, "said {}", it.text).unwrap());
        writeln!(out, "rows {}", self.rows()).unwrap();
        with_names(&out)
    }

    /// What stands in the table `t`.
    fn rows(&self) -> String {
        use crate::host::Databases as _;
        use crate::host::database::{Columns, Query};
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut session = self.world.databases.open("main").await.unwrap();
            let text = "SELECT * FROM t ORDER BY 1".to_owned();
            let query = Query { text, params: vec![], columns: Columns::All };
            match session.query(query, 1000).await {
                Ok(rows) => format!("{:?}", rows.iter().collect::<Vec<_>>()),
                Err(_) => "none".to_owned(),
            }
        })
    }
}

/// Calls uuids by the order in which they are seen.
fn with_names(text: &str) -> String {
    let uuid = regex::Regex::new("[0-9a-f]{8}-[0-9a-f-]{27}").unwrap();
    let mut seen = Vec::new();
    let named = uuid.replace_all(text, |it: &regex::Captures<'_>| {
        let id = it[0].to_owned();
        let at = seen.iter().position(|it| *it == id).unwrap_or_else(|| {
            seen.push(id);
            seen.len() - 1
        });
        format!("#{at}")
    });
    named.into_owned()
}

/// Cuts a run off at the n-th pass of a place, once.
fn cut(place: &'static str, pass: usize) -> (Cuts, Arc<AtomicUsize>) {
    let passes = Arc::new(AtomicUsize::new(0));
    let counted = passes.clone();
    let cuts = Cuts::calling(move |here| {
        if here == place && counted.fetch_add(1, Ordering::SeqCst) + 1 == pass {
            // Not a panic that prints: it happens hundreds of times.
            std::panic::resume_unwind(Box::new("cut"));
        }
    });
    (cuts, passes)
}

const TABLE: &str = "table T { id: int key auto  name: text }\n";

/// Programs with every class of calls; the two parts of each line are its name and its statements.
const PROGRAMS: &[(&str, &str)] = &[
    ("says", "print(\"a\")\nprint(uuid.v4())\nprint(\"a\")"),
    (
        "mails",
        "for n in 1..3 { mail.send(to: \"a@example.com\", subject: \"{n}\", text: uuid.v4())\nprint(n) }",
    ),
    (
        "writes rows",
        "for n in 1..3 { let row = T.insert({ name: uuid.v4() })\nprint(\"{row.id} {row.name}\") }",
    ),
    (
        "posts, and puts",
        "let id = uuid.v4()\nlet a = http.post(\"https://a.example/post\", body: id)\nprint(a.status)\n\
         http.put(\"https://a.example/put\", body: id, idempotent: true)\n\
         http.post(\"https://a.example/post\", body: \"{id} again\", idempotent: true)\nprint(id)",
    ),
    (
        "a transaction, read and written",
        "let id = uuid.v4()\nvar n = 0\ntransaction {\nT.insert({ name: id })\nlet m = uuid.v4()\nT.insert({ name: m })\nn = T.count()\n}\n\
         mail.send(to: \"a@example.com\", subject: \"{n}\", text: id)\nprint(T.count())",
    ),
    (
        "a transaction that is undone",
        "try {\ntransaction {\nT.insert({ name: \"x\" })\nfail \"no\"\n}\n} catch e { print(e.message) }\n\
         T.insert({ name: \"y\" })\nmail.send(to: \"a@example.com\", subject: \"{T.count()}\", text: \"x\")",
    ),
    (
        "sleeps",
        "let id = uuid.v4()\nmail.send(to: \"a@example.com\", subject: \"one\", text: id)\nsleep(3d)\nprint(\"woken\")\n\
         T.insert({ name: id })\nsleep(1h)\nmail.send(to: \"a@example.com\", subject: \"two\", text: id)\nprint(id)",
    ),
    (
        "reads piece by piece and sleeps meanwhile",
        "T.insert_all([{ name: \"a\" }, { name: \"b\" }])\nfor row in from t in T sort t.id { print(row.name)\nsleep(2h)\n\
         mail.send(to: \"a@example.com\", subject: row.name, text: \"x\") }",
    ),
    (
        "in parallel",
        "parallel for n in [1, 2, 3] { let id = uuid.v4()\nT.insert({ name: \"{n} {id}\" })\nsleep(1h * n)\n\
         http.put(\"https://a.example/put\", body: id, idempotent: true)\nprint(\"{n} done\") }\nprint(\"all\")",
    ),
    (
        "a failed call that is caught",
        "var a = 0\ntry { a = http.get(\"https://b.example/none\").status } catch e { print(e.code) }\nprint(a)\n\
         mail.send(to: \"a@example.com\", subject: \"{a}\", text: \"x\")",
    ),
    (
        "secrets",
        "let key = secret.API_KEY\nmail.send(to: \"a@example.com\", subject: \"s\", text: \"x\")\nsleep(1d)\nprint(\"after\")\nhttp.get(\"https://a.example/get\", headers: [\"x\": key])",
    ),
];

fn scene(program: &str) -> Scene {
    let text =
        if program.contains("T.") { format!("{program}\n{TABLE}") } else { program.to_owned() };
    let scene = Scene::new(&text);
    let secret = crate::host::settings::Secret { text: "hush".to_owned(), hosts: Vec::new() };
    scene.world.settings.set_secret("API_KEY", secret);
    scene
}

#[test]
fn wherever_a_run_is_cut_off_it_does_in_all_what_it_would_have_done_at_once() {
    for (name, program) in PROGRAMS {
        let mut straight = scene(program);
        let ended = straight.finish(&Cuts::default(), Settlement::Fail);
        assert!(matches!(ended, Ended::Done(_)), "{name}: {ended:?}");
        let expected = straight.ledger();
        for place in Cuts::ALL {
            for pass in 1.. {
                let (cuts, passes) = cut(place, pass);
                let mut scene = scene(program);
                // What a person would find out.
                let was_sent = *place != "before-send";
                let truth = if was_sent { Settlement::Accept } else { Settlement::Retry };
                let ended = scene.finish(&cuts, truth);
                if passes.load(Ordering::SeqCst) < pass {
                    break;
                }
                let what = format!("{name}, cut off at {place} for the {pass}. time");
                assert!(matches!(ended, Ended::Done(_)), "{what}: {ended:?}");
                assert_eq!(scene.ledger(), expected, "{what}");
            }
        }
    }
}

#[test]
fn without_its_snapshot_a_run_wakes_from_its_journal() {
    for (name, program) in PROGRAMS {
        let mut with = scene(program);
        with.finish(&Cuts::default(), Settlement::Fail);
        let mut without = scene(program);
        without.forgets_snapshots = true;
        without.finish(&Cuts::default(), Settlement::Fail);
        assert_eq!(without.ledger(), with.ledger(), "{name}");
    }
}

fn retried(program: &str, times: u32) -> Scene {
    scene(&format!("retry {times}\n{program}"))
}

fn lines(scene: &Scene) -> Vec<String> {
    lock(&scene.disk).lines.iter().map(|it| it.text.clone()).collect()
}

fn answer(scene: &Scene, path: &str, answers: Vec<Answer>) {
    let stub = Stub::new(format!("https://a.example/{path}"));
    scene.world.http.stub(answers.into_iter().fold(stub, Stub::answer));
}

#[test]
fn a_retry_makes_the_failed_call_again_and_nothing_else() {
    let mut scene = retried(
        "let id = uuid.v4()\nmail.send(to: \"a@example.com\", subject: \"s\", text: id)\nprint(\"a {run.attempt}\")\n\
         let answer = http.post(\"https://a.example/flaky\", body: id)\nprint(\"b {answer.status} {run.attempt}\")",
        3,
    );
    answer(&scene, "flaky", vec![Answer::new(503, ""), Answer::new(500, ""), Answer::new(201, "")]);
    let ended = scene.finish(&Cuts::default(), Settlement::Fail);
    assert!(matches!(ended, Ended::Done(_)), "{ended:?}");
    assert_eq!(lines(&scene), ["a 1", "b 201 3"]);
    let ledger = scene.ledger();
    assert_eq!(ledger.matches("mail ").count(), 1, "{ledger}");
    assert_eq!(ledger.matches("POST #0").count(), 3, "{ledger}");
}

#[test]
fn a_retry_of_a_transaction_does_all_of_it_again() {
    let program = "var n = 0\ntransaction {\nT.insert({ name: uuid.v4() })\nlet more = files.read_text(\"more.txt\")\n\
         T.insert({ name: more })\nn = T.count()\n}\nprint(n)";
    let mut scene = retried(program, 2);
    let failed = scene.stay(Cuts::default());
    assert!(matches!(&failed, Some(Ended::Failed(it)) if it.retryable), "{failed:?}");
    assert_eq!(scene.rows(), "[]");
    let path = crate::host::files::FilePath::parse("more.txt").unwrap();
    futures_util::FutureExt::now_or_never(scene.host().files.write(&path, b"m".to_vec()));
    let ended = scene.finish(&Cuts::default(), Settlement::Fail);
    assert!(matches!(ended, Ended::Done(_)), "{ended:?}");
    assert_eq!(lines(&scene), ["2"]);
}

#[test]
fn a_failure_that_no_call_caused_starts_over_where_nothing_was_written() {
    let mut reads =
        retried("print(now())\nif run.attempt < 3 { fail \"early\" }\nprint(run.attempt)", 5);
    assert!(matches!(reads.finish(&Cuts::default(), Settlement::Fail), Ended::Done(_)));
    assert_eq!(reads.number, 3);
    assert_eq!(lines(&reads).len(), 4, "each attempt says the time: {:?}", lines(&reads));

    let mut wrote = retried("T.insert({ name: \"x\" })\nfail \"late\"", 5);
    let Ended::Failed(failure) = wrote.finish(&Cuts::default(), Settlement::Fail) else { panic!() };
    assert!(!failure.retryable);
    assert_eq!(wrote.number, 1);
    assert!(lines(&wrote)[0].starts_with("not tried again"), "{:?}", lines(&wrote));
}

#[test]
fn a_call_that_nobody_answered_is_in_doubt_unless_the_program_says_what_follows() {
    let post = "http.post(\"https://a.example/silent\", body: \"x\")";
    let silent =
        || vec![Answer::failure(crate::host::http::ErrorKind::Timeout, "no answer within 30s")];
    let mut scene = retried(&format!("{post}\nprint(\"after\")"), 3);
    answer(&scene, "silent", silent());
    let Some(Ended::Stalled(stall)) = scene.stay(Cuts::default()) else { panic!() };
    assert_eq!((stall.state, stall.call.as_deref()), (RunState::InDoubt, Some("0")));
    let message = &stall.error.message;
    assert!(
        message.starts_with("no answer within 30s; nobody knows whether `http.post`"),
        "{message}"
    );
    let ended = scene.finish(&Cuts::default(), Settlement::Accept);
    assert!(matches!(ended, Ended::Done(_)), "{ended:?}");
    assert_eq!((lines(&scene), scene.seen_posts()), (vec!["after".to_owned()], 1));

    let mut caught = retried(&format!("try {{ {post} }} catch e {{ print(e.code) }}"), 3);
    answer(&caught, "silent", silent());
    assert!(matches!(caught.finish(&Cuts::default(), Settlement::Fail), Ended::Done(_)));
    assert_eq!(lines(&caught), ["timeout"]);

    let mut never_sent = retried(post, 1);
    answer(
        &never_sent,
        "silent",
        vec![
            Answer::failure(crate::host::http::ErrorKind::Connect, "nobody listens"),
            Answer::new(200, ""),
        ],
    );
    assert!(matches!(never_sent.finish(&Cuts::default(), Settlement::Fail), Ended::Done(_)));
    assert_eq!(never_sent.seen_posts(), 2);
}

#[test]
fn what_is_not_allowed_is_not_tried_again() {
    let post = "let n = 2\nhttp.post(\"https://h{n}.example/x\", body: \"x\")";
    let mut scene = retried(&format!("T.insert({{ name: \"x\" }})\n{post}"), 3);
    let Ended::Failed(failure) = scene.finish(&Cuts::default(), Settlement::Fail) else { panic!() };
    assert!(failure.trace.fault.is(Code::NotAllowed) && !failure.retryable);
    assert_eq!((scene.number, scene.seen_posts()), (1, 0));
    assert_eq!(
        lines(&scene),
        ["not tried again: the call is not allowed, and would not be in another attempt"]
    );

    let mut caught = retried(&format!("try {{\n{post}\n}} catch e {{ print(e.code) }}"), 3);
    assert!(matches!(caught.finish(&Cuts::default(), Settlement::Fail), Ended::Done(_)));
    assert_eq!(lines(&caught), ["not-allowed"]);
}

impl Scene {
    fn seen_posts(&self) -> usize {
        self.world.http.requests().iter().filter(|it| it.method == Method::Post).count()
    }
}

#[test]
fn a_call_settled_as_failed_fails_for_good_and_is_told_of() {
    let mut scene = retried(
        "on failure { mail.send(to: \"a@example.com\", subject: error.code, text: error.message) }\n\
         http.post(\"https://a.example/post\", body: \"x\")",
        5,
    );
    let (cuts, _) = cut("after-send", 1);
    assert!(scene.stay(cuts).is_none());
    let Some(Ended::Stalled(_)) = scene.stay(Cuts::default()) else { panic!() };
    let ended = scene.finish(&Cuts::default(), Settlement::Fail);
    assert!(matches!(ended, Ended::Stalled(_) | Ended::Failed(_)), "{ended:?}");
    let ledger = scene.ledger();
    assert!(ledger.contains("mail in-doubt: nobody knew whether `http.post` was done"), "{ledger}");
    assert_eq!(scene.seen_posts(), 1);
}

#[test]
fn what_follows_a_failure_is_cut_off_and_goes_on_as_well() {
    let program = "on failure { mail.send(to: \"a@example.com\", subject: error.message, text: uuid.v4())\nprint(\"told\") }\n\
         T.insert({ name: \"x\" })\nfail \"no\"";
    let mut straight = scene(program);
    assert!(matches!(straight.finish(&Cuts::default(), Settlement::Fail), Ended::Failed(_)));
    let expected = straight.ledger();
    assert!(expected.contains("mail no: #0\nsaid told"), "{expected}");
    for place in ["before-send", "after-send", "after-result"] {
        let (cuts, passes) = cut(place, 1);
        let mut scene = scene(program);
        let truth = if place == "before-send" { Settlement::Retry } else { Settlement::Accept };
        let Ended::Failed(failure) = scene.finish(&cuts, truth) else { panic!("{place}") };
        assert_eq!(passes.load(Ordering::SeqCst), 1 + usize::from(place == "before-send"));
        assert_eq!((failure.trace.fault.message.as_str(), failure.retryable), ("no", false));
        assert_eq!(scene.ledger(), expected, "{place}");
    }
}

#[test]
fn a_replay_that_does_something_else_is_held() {
    let program = "let a = http.get(\"https://a.example/get\").status\nT.insert({ name: \"{a}\" })\nsleep(1d)\nprint(a)";
    let scene = scene(program);
    assert!(matches!(scene.stay(Cuts::default()), Some(Ended::Sleeps { .. })));
    // As if the program had asked for something else before.
    lock(&scene.disk).entries.iter_mut().find(|it| it.call == "0").unwrap().mark[0] ^= 1;
    let Some(Ended::Stalled(stall)) = scene.stay(Cuts::default()) else { panic!() };
    assert_eq!(stall.state, RunState::Held);
    assert!(stall.error.message.contains("call 0 (`http.get`) at 1:"), "{}", stall.error.message);
}

#[test]
fn a_snapshot_of_something_else_is_refused() {
    let scene = scene("let id = uuid.v4()\nsleep(1d)\nprint(id)");
    let Some(Ended::Sleeps { snapshot: Some(snapshot), until, .. }) = scene.stay(Cuts::default())
    else {
        panic!()
    };
    scene.world.clock.advance_to(until.0);
    let said = |snapshot: Vec<u8>| {
        let disk = lock(&scene.disk);
        let copy =
            Disk { entries: disk.entries.clone(), snapshot: Some(snapshot), ..Disk::default() };
        drop(disk);
        let other = Scene {
            world: scene.world.clone(),
            program: scene.program.clone(),
            headers: scene.headers.clone(),
            disk: Arc::new(Mutex::new(copy)),
            forgets_snapshots: false,
            number: 1,
            order: Order::GoOn,
        };
        assert!(matches!(other.stay(Cuts::default()), Some(Ended::Done(_))));
        lines(&other)
    };
    let right = said(snapshot.clone());
    for at in 0..snapshot.len() {
        let mut damaged = snapshot.clone();
        damaged[at] ^= 0x55;
        assert_eq!(said(damaged), right, "byte {at}");
    }
    assert_eq!(said(snapshot[..snapshot.len() / 2].to_vec()), right);
}

#[test]
fn who_sleeps_without_a_word_and_without_a_snapshot_wakes() {
    let mut scene = scene("let id = uuid.v4()\nsleep(1h)\nprint(\"woke\")\n");
    scene.forgets_snapshots = true;
    let ended = scene.finish(&Cuts::default(), Settlement::Retry);
    assert!(matches!(ended, Ended::Done(_)), "{ended:?}");
    assert!(scene.ledger().contains("said woke"));
}

#[test]
fn who_wrote_before_a_sleep_does_not_start_over_after_it() {
    for forgets_snapshots in [false, true] {
        let mut scene = scene("retry 2\nT.insert({ name: \"a\" })\nsleep(1h)\nfail \"no\"");
        scene.forgets_snapshots = forgets_snapshots;
        let Ended::Failed(failure) = scene.finish(&Cuts::default(), Settlement::Retry) else {
            panic!()
        };
        assert_eq!((failure.retryable, scene.number), (false, 1));
    }
}

#[test]
fn who_is_parked_goes_on_from_a_snapshot_or_without() {
    let program = "T.insert({ name: \"a\" })\nlet id = uuid.v4()\nprint(id)\nsleep(500ms)\n\
                   http.post(\"https://a.example/post\", body: id)\nprint(\"done {id}\")";
    for forgets_snapshots in [false, true] {
        let mut scene = scene(program);
        (scene.order, scene.forgets_snapshots) = (Order::Park, forgets_snapshots);
        let Some(Ended::Sleeps { until, snapshot, .. }) = scene.stay(Cuts::default()) else {
            panic!()
        };
        assert!(until.0 <= scene.world.clock.now_us() && snapshot.is_some());
        lock(&scene.disk).snapshot = snapshot;
        scene.order = Order::GoOn;
        scene.world.clock.advance_to(until.0 + 1_000_000);
        assert!(matches!(scene.finish(&Cuts::default(), Settlement::Retry), Ended::Done(_)));
        let ledger = scene.ledger();
        let done: Vec<_> = ledger.lines().filter(|it| !it.starts_with("rows")).collect();
        assert_eq!(done, ["POST #0", "said #0", "said done #0"], "{ledger}");
    }
}
