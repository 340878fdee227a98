//! Whether another version of a task could take over a run: the version is replayed on what the run has learned, and nothing is done.
//!
//! Runs keep the program that they began with, so nothing depends on the outcome; it tells a person what an edit would have meant. The
//! run's own program is replayed first. What its calls are, down to the types of their answers, has to be the same in the other version:
//! a machine is only given answers that it would have got. Where the calls stand is of no account, since every edit moves them.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::attempt::Listener;
use super::journal::{Broken, Journal, Past, Recall};
use super::memory::Memory;
use super::world::ON_FAILURE;
use crate::bytecode::Verified;
use crate::bytecode::program::{EffectClass, EffectKind, EffectSite, Position, Program};
use crate::bytecode::run_field::RunField;
use crate::host::Host;
use crate::schedule::Instant;
use crate::stdlib::effect::{self, Context, Level, Output};
use crate::stdlib::natives;
use crate::store::Entry;
use crate::value::{Code, Descriptor, DescriptorId, Fault, Types, Value};
use crate::vm::{self, Effect, Limits, Machine, Start, Step};

/// What a rehearsal came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The version does what the run did, and goes on from there.
    Alike,
    /// It does not.
    Another {
        /// Where in the version, if it stands somewhere.
        at: Option<String>,
        /// In words, as a sentence without a full stop.
        why: String,
    },
}

/// What a run has behind it.
pub struct Behind<'a> {
    /// The program that it runs.
    pub program: &'a Arc<Verified>,
    /// What it has learned.
    pub entries: &'a [Entry],
    /// What time it is: sleeps that are over by then are over.
    pub now: Instant,
}

/// Replays a version of a task on what a run has learned. Secrets are read from the host; nothing else of it is used.
#[must_use]
pub fn rehearse(run: &Behind<'_>, version: &Arc<Verified>, host: &Host) -> Verdict {
    let compared = Follower::new(run, run.program, host, None)
        .and_then(Follower::follow)
        .map_err(|other| match other {
            Verdict::Another { why, .. } => {
                unlike(format!("the run itself cannot be replayed: {why}"))
            }
            Verdict::Alike => Verdict::Alike,
        })
        .and_then(|made| Follower::new(run, version, host, Some(&made))?.follow());
    compared.map_or_else(|other| other, |_| Verdict::Alike)
}

/// A call of the run.
struct Made {
    word: String,
    at: Position,
    /// What it is, and what its answer looks like.
    nature: String,
}

/// The calls of the run by their names.
type Calls = HashMap<String, Made>;

/// A replay of one program.
struct Follower<'a> {
    program: &'a Program,
    machine: Machine,
    journal: Journal,
    context: Context,
    now: Instant,
    prefix: &'static str,
    /// The attempt that the machine believes to be.
    attempt: u32,
    /// What the run's own program did; nothing while that is followed.
    before: Option<&'a Calls>,
    made: Calls,
}

impl<'a> Follower<'a> {
    fn new(
        run: &Behind<'_>,
        program: &'a Arc<Verified>,
        host: &Host,
        before: Option<&'a Calls>,
    ) -> Result<Self, Verdict> {
        let broken = |fault: Fault| unlike(fault.message);
        let past = Past { entries: run.entries.to_vec(), ..Past::default() };
        let first = run.entries.first().map_or(1, |it| it.attempt);
        let mute = Arc::new(Memory::new(Arc::new(Mute)));
        let journal = Journal::new(past, first, mute).map_err(broken)?;
        let data = program.program();
        let (entry, prefix) = entry(&journal, run.program.program(), data)?;
        let known = journal.began().map(|it| it.run.clone()).unwrap_or_default();
        let start = Start { entry, run: known };
        let machine = Machine::new(program.clone(), natives(), Limits::default(), start)
            .map_err(|missing| unlike(missing.to_string()))?;
        let types = Types::new(&data.descriptors).map_err(|error| unlike(error.to_string()))?;
        let context = Context::new(host.clone(), Arc::new(Mute), Rc::new(types));
        let (now, made) = (run.now, Calls::new());
        Ok(Self {
            program: data,
            machine,
            journal,
            context,
            now,
            prefix,
            attempt: first,
            before,
            made,
        })
    }

    /// Goes as far as the run went.
    fn follow(mut self) -> Result<Calls, Verdict> {
        /// Instructions at once; how many there are in all is limited by the machine.
        const SLICE: u64 = 1_000_000;
        // A run that has learned nothing has nothing to replay.
        if self.journal.began().is_none() {
            return Ok(self.made);
        }
        loop {
            match self.machine.step(SLICE) {
                Step::Effect(effect) => self.answer(&effect)?,
                Step::OutOfFuel => {}
                Step::Waiting | Step::Done(_) | Step::Fault(_) => break,
            }
        }
        let is_after = self.prefix == ON_FAILURE;
        match self.journal.left_over(|call| call.starts_with(ON_FAILURE) == is_after) {
            Some(call) => Err(self.missing(&call)),
            None => Ok(self.made),
        }
    }

    /// Answers a call as the run was answered; leaves it where the run has no answer.
    fn answer(&mut self, effect: &Effect) -> Result<(), Verdict> {
        let site = &self.program.effects[effect.site.get()];
        let word = site.kind.word();
        if site.class == EffectClass::Plain {
            let call = effect::perform(
                &self.context,
                word_of(&site.kind),
                effect.args.clone(),
                site.descriptors.clone(),
            );
            if let Some(answer) = call.now_or_never() {
                self.machine.resume(effect.fiber, answer);
            }
            return Ok(());
        }
        let call = format!("{}{}", self.prefix, effect.key);
        let mark = self.machine.mark(effect);
        let (recall, _) = match self.before {
            Some(_) => self.journal.recall_wherever(&call, mark),
            None => self.journal.recall(&call, mark),
        };
        if matches!(recall, Recall::New) {
            return Ok(());
        }
        self.compare(&call, effect, site, matches!(recall, Recall::Differs))?;
        let answer = match recall {
            Recall::Gave(answer) => Some(answer),
            Recall::Sleeps(until) => (until <= self.now).then_some(Ok(Value::Null)),
            Recall::Accepted => Some(Ok(effect::accepted(word))),
            Recall::Refused => Some(Err(Fault::new(Code::InDoubt, String::new()))),
            Recall::New | Recall::Intended | Recall::Differs => None,
        };
        if let Some(answer) = answer {
            self.tell_attempt();
            self.machine.resume(effect.fiber, answer);
        }
        Ok(())
    }

    /// As a run is told whose answers come from different attempts.
    fn tell_attempt(&mut self) {
        let attempt = self.journal.answered_in();
        if attempt != self.attempt {
            self.attempt = attempt;
            self.machine.tell(RunField::Attempt, Value::Int(attempt.into()));
            self.machine.tell(RunField::Trigger, Value::text("retry"));
        }
    }

    /// Whether a call is the one that the run made under this name.
    fn compare(
        &mut self,
        call: &str,
        effect: &Effect,
        site: &EffectSite,
        differs: bool,
    ) -> Result<(), Verdict> {
        let made = Made {
            word: site.kind.word().to_owned(),
            at: effect.at,
            nature: nature(self.program, site),
        };
        let another = |why: String| Verdict::Another { at: place(self.program, effect.at), why };
        let Some(before) = self.before else {
            if differs {
                return Err(another(format!("`{}` differs from what is written down", made.word)));
            }
            self.made.insert(call.to_owned(), made);
            return Ok(());
        };
        let Some(was) = before.get(call) else {
            return Err(another(format!(
                "nobody knows what the run did in the place of `{}`",
                made.word
            )));
        };
        let line = was.at.line;
        if was.word != made.word {
            return Err(another(format!(
                "it makes `{}` where the run made `{}` (line {line} of its version)",
                made.word, was.word
            )));
        }
        if differs {
            return Err(another(format!(
                "it gives `{}` other arguments than the run did (line {line} of its version)",
                made.word
            )));
        }
        if was.nature != made.nature {
            return Err(another(format!(
                "its `{}` is another one, or gives another type, than the run's (line {line} of its version)",
                made.word
            )));
        }
        Ok(())
    }

    /// The version does not make a call that the run made.
    fn missing(&self, call: &str) -> Verdict {
        match self.before.and_then(|it| it.get(call)) {
            Some(was) => {
                let Made { word, at, .. } = was;
                unlike(format!(
                    "it does not come to `{word}`, which the run made (line {} of its version)",
                    at.line
                ))
            }
            None => unlike(format!("it does not come to call {call}")),
        }
    }
}

/// What is replayed: the body, or what follows when it has failed for good.
fn entry(
    journal: &Journal,
    own: &Program,
    version: &Program,
) -> Result<(vm::Entry, &'static str), Verdict> {
    if let Some(Broken { fault, .. }) = journal.failed() {
        return match version.entries.on_failure {
            Some(_) => Ok((vm::Entry::OnFailure(fault.clone()), ON_FAILURE)),
            None => Err(unlike(
                "the run has failed and is in its `on failure`, which this version lacks"
                    .to_owned(),
            )),
        };
    }
    let held = journal.began().map(|it| it.kept.as_slice()).unwrap_or_default();
    let mut kept = Vec::with_capacity(version.kept.len());
    for declared in &version.kept {
        let Some(at) = own.kept.iter().position(|it| it.name == declared.name) else {
            kept.push(None);
            continue;
        };
        let types = [(own, own.kept[at].ty), (version, declared.ty)];
        let [was, is] = types.map(|(program, ty)| described(program, ty));
        if was != is {
            return Err(unlike(format!("its `keep {}` is of another type", declared.name)));
        }
        kept.push(held.get(at).cloned().flatten());
    }
    Ok((vm::Entry::Body(kept), ""))
}

fn unlike(why: String) -> Verdict {
    Verdict::Another { at: None, why }
}

fn place(program: &Program, at: Position) -> Option<String> {
    program.place(at).filter(|_| at.line > 0)
}

/// The function of the library that a plain call makes.
fn word_of(kind: &EffectKind) -> &str {
    match kind {
        EffectKind::Native(name) => name,
        other => other.word(),
    }
}

/// What a call is, in full: two programs' calls are the same if this is.
fn nature(program: &Program, site: &EffectSite) -> String {
    let what = match &site.kind {
        EffectKind::Statement { statement, source } | EffectKind::Open { statement, source } => {
            format!("{source} {:?}", program.statements[*statement as usize])
        }
        EffectKind::Table { table, call, source } => {
            format!("{source} {call:?} {:?}", program.tables[*table as usize])
        }
        EffectKind::Native(name)
        | EffectKind::Begin(name)
        | EffectKind::Commit(name)
        | EffectKind::Rollback(name) => name.clone(),
        EffectKind::Next | EffectKind::Close | EffectKind::Test(_) => String::new(),
    };
    let types: Vec<_> = site.descriptors.iter().map(|it| described(program, *it)).collect();
    format!("{what} {types:?}")
}

/// A type, written out; one that mentions itself by how far out it stands.
fn described(program: &Program, id: DescriptorId) -> String {
    let mut out = String::new();
    describe(program, id, &mut Vec::new(), &mut out);
    out
}

fn describe(program: &Program, id: DescriptorId, around: &mut Vec<DescriptorId>, out: &mut String) {
    if let Some(at) = around.iter().rposition(|it| *it == id) {
        out.push_str(&format!("^{}", around.len() - at));
        return;
    }
    around.push(id);
    let mut inside = |ids: &[DescriptorId], out: &mut String| {
        out.push('(');
        ids.iter().for_each(|it| describe(program, *it, around, out));
        out.push(')');
    };
    match &program.descriptors[id.0 as usize] {
        Descriptor::List(of) => {
            out.push_str("list");
            inside(&[*of], out);
        }
        Descriptor::Map(key, value) => {
            out.push_str("map");
            inside(&[*key, *value], out);
        }
        Descriptor::Optional(of) => {
            out.push_str("optional");
            inside(&[*of], out);
        }
        Descriptor::OneOf(of) => {
            out.push_str("one");
            inside(of, out);
        }
        Descriptor::Record(record) => {
            out.push_str(&format!("record {:?}", record.order));
            for field in &record.fields {
                out.push_str(&format!(" {}", field.name));
                inside(&[field.ty], out);
            }
        }
        plain => out.push_str(&format!("{plain:?} ")),
    }
    around.pop();
}

/// Hears nothing.
struct Mute;

impl Output for Mute {
    fn print(&self, _: &str) {}

    fn log(&self, _: Level, _: &str, _: Option<&str>) {}

    fn progress(&self, _: i64, _: i64) {}
}

impl Listener for Mute {
    fn is_full(&self) -> bool {
        false
    }

    fn hand_on(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}
