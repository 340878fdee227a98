//! The programs of real runs: few calls, of all classes. Each names its effects by its task, its due time and a number, so that
//! what peers have done can be held against the history.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use futures_util::FutureExt;

use super::peers::{Ledger, Peers};
use super::version_of;
use crate::check::headers::TaskHeaders;
use crate::engine::event::TaskVersion;
use crate::host::Databases as _;
use crate::host::database::{Columns, Datum, Query};
use crate::store::{Hash, Run, RunState, Settlement};

/// What peers, limits and people make a run fail with: codes, and what the messages hold. Anything else is the engine's own doing, such
/// as `unique` where the mark of a call is written a second time.
const FAILURES: [(&str, &str); 9] = [
    ("cancelled", "replaced by the run due"),
    ("http-connect", "nobody listens"),
    ("http-connect", "the connection broke"),
    ("http-status", "answered 500"),
    ("in-doubt", "it was settled as failed"),
    ("mail", ""),
    ("sql", "the line broke"),
    ("sql", "the database is away"),
    ("timeout", ""),
];

/// A program with what it does when it succeeds.
pub(super) struct Program {
    text: &'static str,
    /// The number of each effect, and what holds for it.
    pub(super) effects: &'static [(u8, Class)],
    compiled: LazyLock<(Hash, Arc<[u8]>)>,
}

/// How often an effect may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A row: exactly once.
    Row,
    /// A request with a key: any number of times under one key.
    Keyed,
    /// A mail or a request without a key: at most once, and not at all only where the run fails.
    Once(&'static str),
    /// The mail of `on failure`: at most once, and only where the run fails.
    IfFailed,
}

/// All of them.
pub(super) static PROGRAMS: [Program; 3] = [
    Program {
        text: "let me = \"{run.task} {run.due}\"\n\
            T.insert({ name: \"{me} 1\" })\n\
            http.post(\"https://a.example/post\", body: \"{me} 2\", idempotent: true)\n\
            transaction {\nT.insert({ name: \"{me} 3\" })\nT.insert({ name: \"{me} 4\" })\n}\n\
            table T { id: int key auto  name: text }",
        effects: &[(1, Class::Row), (2, Class::Keyed), (3, Class::Row), (4, Class::Row)],
        compiled: LazyLock::new(|| compile(&PROGRAMS[0])),
    },
    Program {
        text: "let me = \"{run.task} {run.due}\"\n\
            mail.send(to: \"a@example.com\", subject: \"{me} 1\", text: uuid.v4())\n\
            sleep(40m)\nprint(\"woken\")\n\
            http.post(\"https://a.example/post\", body: \"{me} 2\")\n\
            T.insert({ name: \"{me} 3\" })\n\
            table T { id: int key auto  name: text }",
        effects: &[(1, Class::Once("mail.send")), (2, Class::Once("http.post")), (3, Class::Row)],
        compiled: LazyLock::new(|| compile(&PROGRAMS[1])),
    },
    Program {
        text: "on failure { mail.send(to: \"a@example.com\", subject: \"{run.task} {run.due} 0\", text: error.message) }\n\
            let me = \"{run.task} {run.due}\"\n\
            parallel for n in [1, 2] {\n\
            http.post(\"https://a.example/post\", body: \"{me} {n}\", idempotent: true)\n\
            T.insert({ name: \"{me} {n + 2}\" })\n}\n\
            table T { id: int key auto  name: text }",
        effects: &[
            (0, Class::IfFailed),
            (1, Class::Keyed),
            (2, Class::Keyed),
            (3, Class::Row),
            (4, Class::Row),
        ],
        compiled: LazyLock::new(|| compile(&PROGRAMS[2])),
    },
];

fn compile(program: &Program) -> (Hash, Arc<[u8]>) {
    let (project, checked) = crate::check::testing::checked(&[("main", program.text)]);
    let file = project.files()[0].source.id;
    let valid = checked.valid(&project, crate::check::testing::library(), file);
    let valid = valid.unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
    let verified = crate::bytecode::verify(crate::bytecode::compile::compile(valid)).unwrap();
    let version = TaskVersion::new("main", Arc::default(), &verified);
    (version.program, version.bytes)
}

impl Program {
    /// A task of this program.
    pub(super) fn version(&self, name: &str, headers: TaskHeaders) -> TaskVersion {
        let (program, bytes) = self.compiled.clone();
        version_of(name, headers, program, bytes)
    }

    /// What a person who looks at the peers says of a run in doubt.
    pub(super) fn truth(&self, run: &Run, ledger: &Ledger) -> Settlement {
        let message = &run.error.as_ref().expect("it is in doubt").message;
        let named = |word: &str| message.contains(&format!("`{word}`"));
        let (number, _) = (self.effects.iter())
            .find(|(_, class)| match class {
                Class::Once(word) => named(word),
                Class::IfFailed => named("mail.send"),
                Class::Row | Class::Keyed => false,
            })
            .unwrap_or_else(|| panic!("what is in doubt: {message}"));
        let is_done = ledger.once.contains_key(&effect(run, *number));
        if is_done { Settlement::Accept } else { Settlement::Retry }
    }

    /// Holds what peers did for a run against how it ended. Gives the names of all that may have been done for it.
    pub(super) fn check(&self, run: &Run, done: &Done) -> Vec<String> {
        let succeeded = run.state == RunState::Succeeded;
        if let Some(error) = &run.error {
            let is_known = FAILURES
                .iter()
                .any(|(code, text)| error.code == *code && error.message.contains(text));
            assert!(is_known, "no peer brings this about: {run:?}");
        }
        let names = self.effects.iter().map(|(number, class)| {
            let name = effect(run, *number);
            let times = match class {
                Class::Row => done.rows.iter().filter(|it| **it == name).count(),
                Class::Keyed => done.ledger.keyed.get(&name).map_or(0, BTreeSet::len),
                Class::Once(_) | Class::IfFailed => {
                    done.ledger.once.get(&name).copied().unwrap_or(0)
                }
            };
            let least = usize::from(succeeded && *class != Class::IfFailed);
            let most = usize::from(!(succeeded && *class == Class::IfFailed));
            assert!(
                (least..=most).contains(&times),
                "{class:?} `{name}` was done {times} times by {run:?}"
            );
            name
        });
        names.collect()
    }
}

/// What an effect of a run is called.
fn effect(run: &Run, number: u8) -> String {
    format!("{} {} {number}", run.task, run.due)
}

/// Everything that the peers have done.
pub(super) struct Done {
    pub(super) ledger: Ledger,
    /// What stands in the table, in order.
    pub(super) rows: Vec<String>,
}

impl Done {
    pub(super) fn read(peers: &Peers) -> Self {
        let rows = async {
            let mut session = peers.databases().open("main").await.unwrap();
            let text = "SELECT name FROM t ORDER BY 1".to_owned();
            let query = Query { text, params: vec![], columns: Columns::All };
            // Where nobody has come to a write there is no table.
            session.query(query, 1_000_000).await.unwrap_or_default()
        };
        let rows = rows.now_or_never().expect("a database in memory answers at once");
        let text = |it: &Datum| match it {
            Datum::Text(text) => text.clone(),
            other => panic!("{other:?} is a text"),
        };
        Self { ledger: peers.ledger(), rows: rows.cells.iter().map(text).collect() }
    }

    /// The names of all that was done.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        let Ledger { once, keyed, .. } = &self.ledger;
        once.keys().chain(keyed.keys()).chain(&self.rows)
    }
}
