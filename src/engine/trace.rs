//! `trace`: what a run does to the world, call by call, for whoever looks at it at night.
//!
//! The last calls are kept and not the first, since what went wrong stands at the end. Calls that a replay recalls are not
//! made and leave no step; what a run prints has its line already. Secrets show as `secret`, and long arguments by their beginnings.

use std::sync::Arc;

use crate::bytecode::program::{EffectClass, EffectKind, EffectSite, Program, TableCall};
use crate::check::headers::Trace;
use crate::host::Clock;
use crate::schedule::{Duration, Instant};
use crate::stdlib::effect;
use crate::store::Step;
use crate::value::{Bounded, Fault, Value, quoted, write_value};
use crate::vm::Effect;

/// How much of an argument, and of all, is shown.
const ARGUMENT_BYTES_MAX: usize = 80;
const ARGUMENTS_BYTES_MAX: usize = 320;

/// Notes the steps of an attempt.
pub(super) struct Tracer {
    program: Arc<Program>,
    clock: Arc<dyn Clock>,
    attempt: u32,
    keep: u32,
}

/// A call on its way.
pub(super) struct Begun {
    step: Step,
    begun_us: u64,
}

/// How many steps are kept of a run; none with 0.
pub(super) fn kept(trace: Trace) -> u32 {
    match trace {
        Trace::Off => 0,
        Trace::Statements(count) => count,
        Trace::All => u32::MAX,
    }
}

impl Tracer {
    /// Nothing where nothing is to be kept.
    pub(super) fn new(
        trace: Trace,
        program: Arc<Program>,
        clock: Arc<dyn Clock>,
        attempt: u32,
    ) -> Option<Self> {
        let keep = kept(trace);
        (keep > 0).then_some(Self { program, clock, attempt, keep })
    }

    /// How many steps are kept.
    pub(super) fn keep(&self) -> u32 {
        self.keep
    }

    /// A call leaves; nothing for one that is none of its own.
    pub(super) fn begin(&self, effect: &Effect, site: &EffectSite) -> Option<Begun> {
        let is_part = matches!(site.kind, EffectKind::Next | EffectKind::Close);
        if is_part || site.class == EffectClass::Plain {
            return None;
        }
        let step = Step {
            at: Instant(self.clock.now_us()),
            took: Duration::ZERO,
            attempt: self.attempt,
            place: self.program.place(effect.at).filter(|_| effect.at.line > 0),
            what: what(&self.program, &site.kind),
            args: arguments(&site.kind, &effect.args),
            error: None,
        };
        Some(Begun { step, begun_us: self.clock.monotonic_us() })
    }

    /// It was answered.
    pub(super) fn end(&self, begun: Begun, answer: &Result<Value, Fault>) -> Step {
        let took_us = self.clock.monotonic_us().saturating_sub(begun.begun_us);
        let took = Duration(i64::try_from(took_us).unwrap_or(i64::MAX));
        let error = answer.as_ref().err().map(|it| it.code.to_string());
        Step { took, error, ..begun.step }
    }
}

/// What is done, as it is written in the source where that has a name.
fn what(program: &Program, kind: &EffectKind) -> String {
    match kind {
        EffectKind::Table { table, call, .. } => {
            format!("{}.{}", program.tables[*table as usize].name, table_call(call))
        }
        EffectKind::Statement { source, .. }
        | EffectKind::Open { source, .. }
        | EffectKind::Begin(source)
        | EffectKind::Commit(source)
        | EffectKind::Rollback(source) => format!("{} on {source}", kind.word()),
        EffectKind::Native(_) | EffectKind::Next | EffectKind::Close | EffectKind::Test(_) => {
            kind.word().to_owned()
        }
    }
}

fn table_call(call: &TableCall) -> &'static str {
    match call {
        TableCall::Get(_) => "get",
        TableCall::Has => "has",
        TableCall::Insert => "insert",
        TableCall::InsertAll => "insert_all",
        TableCall::Update => "update",
        TableCall::Upsert => "upsert",
        TableCall::Delete => "delete",
        TableCall::Truncate => "truncate",
    }
}

/// The arguments that were given, with their names where they have some.
fn arguments(kind: &EffectKind, args: &[Value]) -> String {
    let names = match kind {
        EffectKind::Native(name) => effect::parameters(name),
        _ => &[],
    };
    let mut all = String::new();
    for (at, value) in args.iter().enumerate().filter(|(_, it)| !it.is_null()) {
        if all.len() >= ARGUMENTS_BYTES_MAX {
            all.push_str(", …");
            break;
        }
        if !all.is_empty() {
            all.push_str(", ");
        }
        if let Some(name) = names.get(at) {
            all.push_str(name);
            all.push_str(": ");
        }
        all.push_str(&shown(value));
    }
    all
}

/// A value on one line, cut off where it is long.
fn shown(value: &Value) -> String {
    let mut out = Bounded::new(ARGUMENT_BYTES_MAX);
    let written = match value.as_str() {
        Some(text) => quoted(&mut out, text),
        None => write_value(&mut out, value),
    };
    let mut text = out.text.replace(['\n', '\r'], " ");
    if written.is_err() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::value::Secret;

    fn native(name: &str) -> EffectKind {
        EffectKind::Native(name.to_owned())
    }

    #[test]
    fn arguments_are_named_and_short_and_secrets_stay_secret() {
        let secret = Value::Secret(Rc::new(Secret::new("KEY", "hunter2")));
        let long = Value::text(&"x".repeat(500));
        let shown = arguments(&native("files.write"), &[Value::text("a\nb"), long]);
        assert!(
            shown.starts_with(r#"path: "a\nb", data: "xxx"#) && shown.ends_with("x…"),
            "{shown}"
        );
        assert!(shown.len() < 120, "{shown}");
        let list = Value::list([Value::Int(1), secret]);
        assert_eq!(arguments(&EffectKind::Next, &[Value::Null, list]), "[1, secret]");
        let many: Vec<_> = (0..100).map(|_| Value::text(&"y".repeat(70))).collect();
        assert!(arguments(&EffectKind::Next, &many).ends_with(", …"));
    }

    #[test]
    fn nothing_is_kept_where_nothing_is_asked_for() {
        assert_eq!([Trace::Off, Trace::Statements(7), Trace::All].map(kept), [0, 7, u32::MAX]);
    }
}
