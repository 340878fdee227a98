//! The other machines: a web server, a mail server and a database that refuse, break, take their time, and do what they were asked
//! without anybody hearing of it. They keep a ledger of what they did.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration as StdDuration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::clock::Clock;
use crate::host::database::{
    Databases, Datum, Dialect, Error as DbError, ErrorKind as DbErrorKind, Interrupter, Query,
    Result as DbResult, Rows, Session, Stream,
};
use crate::host::http::{self, Body, Request, Response};
use crate::host::real::sqlite::Sqlite;
use crate::host::{self, BoxFuture, Clock as _, mail};
use crate::schedule::Duration;

/// What is random. Shared by all that goes wrong, so that a seed is a life.
#[derive(Clone)]
pub(super) struct Dice(Arc<Mutex<ChaCha8Rng>>);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(ChaCha8Rng::seed_from_u64(seed))))
    }

    /// A number below `sides`.
    pub(super) fn roll(&self, sides: u64) -> u64 {
        lock(&self.0).next_u64() % sides
    }

    pub(super) fn minutes(&self, most: u64) -> Duration {
        Duration::SECOND.times(i64::try_from(self.roll(most * 60)).unwrap())
    }

    pub(super) fn pick<T: Clone>(&self, of: &[T]) -> T {
        of[usize::try_from(self.roll(of.len() as u64)).unwrap()].clone()
    }
}

/// A process that dies while it holds a lock has changed nothing behind it.
fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The world of real runs. What it has done outlives every process.
#[derive(Clone)]
pub(super) struct Peers {
    dice: Dice,
    clock: Clock,
    ledger: Arc<Mutex<Ledger>>,
    databases: Arc<Sqlite>,
    /// From now on everything works.
    is_calm: Arc<AtomicBool>,
}

/// What peers did, by what it was: each run names its effects by itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    /// How often a mail or a request without a key was taken.
    pub(super) once: BTreeMap<String, usize>,
    /// The keys under which a request was taken.
    pub(super) keyed: BTreeMap<String, BTreeSet<String>>,
    /// What was sent under a key first, taken or not.
    sent: BTreeMap<String, String>,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Luck {
    /// Nothing was sent.
    Refuses,
    /// The peer says that it has done nothing.
    Breaks,
    /// The peer does it and says so.
    Answers,
    /// The peer does it, and its answer is lost.
    AnswerLost,
    /// It never arrives, and nobody knows.
    CallLost,
}

impl Peers {
    pub(super) fn new(dice: Dice, clock: Clock) -> Self {
        let (ledger, is_calm) = (Arc::default(), Arc::default());
        Self { dice, clock, ledger, databases: Arc::new(Sqlite::in_memory()), is_calm }
    }

    /// Whether the process is killed now.
    pub(super) fn kills(&self) -> bool {
        self.strikes(60)
    }

    /// From now on everything works.
    pub(super) fn calm_down(&self) {
        self.is_calm.store(true, Ordering::Relaxed);
    }

    pub(super) fn ledger(&self) -> Ledger {
        lock(&self.ledger).clone()
    }

    /// The database as it is, for who wants to look into it.
    pub(super) fn databases(&self) -> &Sqlite {
        &self.databases
    }

    /// One in so many, as long as things go wrong.
    fn strikes(&self, one_in: u64) -> bool {
        !self.is_calm.load(Ordering::Relaxed) && self.dice.roll(one_in) == 0
    }

    fn luck(&self) -> Luck {
        if !self.strikes(3) {
            return Luck::Answers;
        }
        self.dice.pick(&[Luck::Refuses, Luck::Breaks, Luck::AnswerLost, Luck::CallLost])
    }

    /// A call on its way, which may take longer than the process lives.
    async fn call(&self, take: impl FnOnce(&mut Ledger)) -> Luck {
        self.travel().await;
        let luck = self.luck();
        if matches!(luck, Luck::Answers | Luck::AnswerLost) {
            take(&mut lock(&self.ledger));
        }
        self.travel().await;
        luck
    }

    async fn travel(&self) {
        if self.strikes(3) {
            self.clock.sleep(StdDuration::from_secs(self.dice.roll(240))).await;
        }
    }
}

impl host::Http for Peers {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, http::Error>> {
        Box::pin(async move {
            let Body::Bytes(body) = &request.body else { panic!("{request:?} has a body") };
            let effect = String::from_utf8(body.clone()).unwrap();
            let key = request.headers.iter().find(|it| it.name == "Idempotency-Key");
            if let Some(key) = key {
                let mut ledger = lock(&self.ledger);
                let first = ledger.sent.entry(key.value.clone()).or_insert_with(|| effect.clone());
                assert_eq!(*first, effect, "two requests under the key {}", key.value);
            }
            let luck = self.call(|ledger| match key {
                Some(key) => {
                    ledger.keyed.entry(effect).or_default().insert(key.value.clone());
                }
                None => *ledger.once.entry(effect).or_default() += 1,
            });
            let answer = |status| {
                let (headers, body, url) = (Vec::new(), Vec::new(), request.url.clone());
                Ok(Response { status, headers, body, url })
            };
            let failure = |kind, message| Err(http::Error::new(kind, message));
            match luck.await {
                Luck::Answers => answer(200),
                Luck::Breaks => answer(500),
                Luck::Refuses => failure(http::ErrorKind::Connect, "nobody listens"),
                Luck::AnswerLost => failure(http::ErrorKind::Timeout, "no answer"),
                Luck::CallLost => failure(http::ErrorKind::Protocol, "the connection broke"),
            }
        })
    }
}

impl host::Mail for Peers {
    fn send(&self, message: mail::Message) -> BoxFuture<'_, Result<(), mail::Error>> {
        Box::pin(async move {
            let failure = |kind, message| Err(mail::Error::new(kind, message));
            match self.call(|it| *it.once.entry(message.subject).or_default() += 1).await {
                Luck::Answers => Ok(()),
                Luck::Breaks => failure(mail::ErrorKind::Refused, "not now"),
                Luck::Refuses => failure(mail::ErrorKind::Connect, "nobody listens"),
                Luck::AnswerLost | Luck::CallLost => {
                    failure(mail::ErrorKind::Unknown, "the connection broke")
                }
            }
        })
    }
}

impl Databases for Peers {
    fn open<'a>(&'a self, source: &'a str) -> BoxFuture<'a, DbResult<Box<dyn Session>>> {
        Box::pin(async move {
            if self.strikes(30) {
                return Err(DbError::new(DbErrorKind::Connect, "the database is away"));
            }
            let inner = self.databases.open(source).await?;
            Ok(Box::new(Line { peers: self.clone(), inner }) as Box<dyn Session>)
        })
    }

    fn may_extend(&self, source: &str) -> bool {
        self.databases.may_extend(source)
    }
}

/// A session over a line that breaks, most of all around commits.
struct Line {
    peers: Peers,
    inner: Box<dyn Session>,
}

impl Line {
    fn broken<T>(when: &str) -> DbResult<T> {
        Err(DbError::new(DbErrorKind::Connect, format!("the line broke {when}")))
    }
}

impl Session for Line {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    fn literal(&self, value: &Datum) -> DbResult<String> {
        self.inner.literal(value)
    }

    fn query(&mut self, query: Query, max_rows: usize) -> BoxFuture<'_, DbResult<Rows>> {
        self.inner.query(query, max_rows)
    }

    fn write(&mut self, query: Query) -> BoxFuture<'_, DbResult<Rows>> {
        self.inner.write(query)
    }

    fn execute(&mut self, text: String, params: Vec<Datum>) -> BoxFuture<'_, DbResult<u64>> {
        if self.peers.strikes(60) {
            return Box::pin(async { Self::broken("before a statement") });
        }
        self.inner.execute(text, params)
    }

    fn execute_all(&mut self, text: String, rows: Vec<Vec<Datum>>) -> BoxFuture<'_, DbResult<u64>> {
        self.inner.execute_all(text, rows)
    }

    fn begin(&mut self) -> BoxFuture<'_, DbResult<()>> {
        self.inner.begin()
    }

    fn commit(&mut self) -> BoxFuture<'_, DbResult<()>> {
        Box::pin(async move {
            if self.peers.strikes(12) {
                self.inner.rollback().await?;
                return Self::broken("before the commit");
            }
            self.inner.commit().await?;
            if self.peers.strikes(12) { Self::broken("behind the commit") } else { Ok(()) }
        })
    }

    fn rollback(&mut self) -> BoxFuture<'_, DbResult<()>> {
        self.inner.rollback()
    }

    fn stream(&mut self, query: Query) -> BoxFuture<'_, DbResult<Box<dyn Stream>>> {
        self.inner.stream(query)
    }

    fn interrupter(&self) -> Arc<dyn Interrupter> {
        self.inner.interrupter()
    }
}
