//! Effects: what each function and task may touch of the world, and what must not stand in a transaction.
//!
//! Bodies say what they touch themselves; here this is followed through the functions that they call.

mod reach;

use std::collections::VecDeque;

use ecow::{EcoString, eco_format};
use rustc_hash::{FxHashMap, FxHashSet};

use super::checked::LibraryFn;
use super::library::{Declaration, Library};
use super::report;
use super::touch::{Touched, Touches, Transaction};
use super::types::DeclId;
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Span};

pub use super::touch::Access;

/// What becomes of an effect whose result was not recorded before a crash; and what may stand in a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EffectClass {
    /// Touches nothing: computed again.
    Pure,
    /// Reads: done again.
    Observe,
    /// Writes to a source: exactly once, by a marker that commits with the data.
    Transactional,
    /// Writes so that twice is as good as once: done again.
    Idempotent,
    /// Writes what cannot be taken back: the run stops as in doubt.
    Once,
}

impl EffectClass {
    /// The class that a declaration's word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "pure" => Self::Pure,
            "observe" => Self::Observe,
            "transactional" => Self::Transactional,
            "idempotent" => Self::Idempotent,
            "once" => Self::Once,
            _ => return None,
        })
    }
}

/// A body of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    /// A `fn`.
    Fn(DeclId),
    /// The value of a `const`.
    Const(DeclId),
    /// A `test`.
    Test(DeclId),
    /// The task's statements.
    Task(FileId),
    /// The statements of the task's `on failure`.
    Failure(FileId),
}

/// Something of the world that a body touches, directly or through what it calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// A function of the library with its class.
    Library(LibraryFn, EffectClass),
    /// A source; nothing is the task's default source.
    Source(Option<EcoString>, Access),
}

/// What the bodies of a project touch, each effect once and in order.
pub type Effects = FxHashMap<Owner, Vec<Effect>>;

/// What is known of each body by itself.
pub(super) type Bodies = Vec<(Owner, Touches)>;

/// What may be asked about declarations when effects are followed.
pub(super) struct Names<'a> {
    pub(super) library: &'a Library,
    /// What a declaration of the project is called.
    pub(super) of_decl: &'a dyn Fn(DeclId) -> EcoString,
    /// Whether a declaration could be worked out at all.
    pub(super) is_known: &'a dyn Fn(DeclId) -> bool,
    /// The header with which a task asks for attempts that start over from the top.
    pub(super) starts_over: &'a dyn Fn(FileId) -> Option<Span>,
}

/// Follows effects through calls; reports those that a transaction or a constant must not have, and those that a retry
/// would repeat.
pub(super) fn analyse(names: &Names<'_>, bodies: &Bodies) -> (Effects, Vec<Diagnostic>) {
    let calls = Calls { names, bodies: bodies.iter().map(|(owner, it)| (*owner, it)).collect() };
    let mut diagnostics = Vec::new();
    for (owner, touches) in bodies {
        diagnostics.extend(calls.in_transactions(touches));
        if let Owner::Fn(decl) = owner {
            diagnostics.extend(calls.in_generic(*decl, touches));
        }
        if let Owner::Task(file) = owner
            && let Some(retry) = (names.starts_over)(*file)
        {
            diagnostics.extend(calls.in_retried(touches, retry));
        }
        if let Owner::Const(decl) = owner
            && (names.is_known)(*decl)
        {
            diagnostics.extend(calls.in_constant(*decl, touches));
        }
    }
    (reach::effects(names.library, bodies), diagnostics)
}

/// A body that is called: of the project or of the library.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Callee {
    Body(Owner),
    Library(LibraryFn),
}

/// What one touch is: an effect, or the call of a body.
enum Step {
    Effect(Effect, EcoString),
    Call(Callee),
    /// Lines that are kept with the run, which nobody has to take back.
    Plain(Effect),
}

fn step(library: &Library, what: &Touched) -> Step {
    match what {
        Touched::Library(entry) => library_step(library.declaration(*entry)),
        Touched::Fn(decl) => Step::Call(Callee::Body(Owner::Fn(*decl))),
        Touched::Const(decl) => Step::Call(Callee::Body(Owner::Const(*decl))),
        Touched::Task(file) => Step::Call(Callee::Body(Owner::Task(*file))),
        Touched::Source { name, access } => {
            let word = match access {
                Access::Read => "a read",
                Access::Write => "a write",
            };
            let word = match name {
                Some(name) => eco_format!("{word} of `{name}`"),
                None => word.into(),
            };
            Step::Effect(Effect::Source(name.clone(), *access), word)
        }
    }
}

fn library_step(declaration: &Declaration) -> Step {
    let id = &declaration.id;
    match declaration.native {
        Some(native) if native.plain => Step::Plain(Effect::Library(id.clone(), native.effect)),
        Some(native) => Step::Effect(
            Effect::Library(id.clone(), native.effect),
            eco_format!("`{}`", library_name(id)),
        ),
        None => Step::Call(Callee::Library(id.clone())),
    }
}

/// `mail.send`; functions of the prelude are called bare.
fn library_name(id: &LibraryFn) -> EcoString {
    if id.module == super::library::PRELUDE {
        id.name.clone()
    } else {
        eco_format!("{}.{}", id.module, id.name)
    }
}

/// An effect that a touch leads to.
struct Reached {
    effect: Effect,
    /// What it is in words.
    name: EcoString,
    /// The functions on the way to it, outermost first.
    path: Vec<EcoString>,
}

/// Who calls what, for searches from one place.
struct Calls<'a> {
    names: &'a Names<'a>,
    bodies: FxHashMap<Owner, &'a Touches>,
}

impl Calls<'_> {
    /// What stands in a body's transactions and cannot be rolled back: the first thing of each call.
    fn in_transactions(&self, touches: &Touches) -> Vec<Diagnostic> {
        let in_transaction = touches.list.iter().filter_map(|touch| {
            let transaction = &touches.transactions[touch.transaction? as usize];
            let refused = |effect: &Effect| !may_stand_in(effect, transaction);
            let it = self.first(&touch.what, &refused)?;
            let is_source = matches!(it.effect, Effect::Source(..));
            let (span, word) = (touch.span, transaction.span);
            Some(report::effects::in_transaction(span, word, &it.name, &it.path, is_source))
        });
        in_transaction.collect()
    }

    /// The first thing of a task that another attempt would do a second time and must not.
    fn in_retried(&self, touches: &Touches, retry: Span) -> Option<Diagnostic> {
        let cannot_be_repeated =
            |effect: &Effect| matches!(effect, Effect::Library(_, EffectClass::Once));
        touches.list.iter().find_map(|touch| {
            let it = self.first(&touch.what, &cannot_be_repeated)?;
            Some(report::effects::unsafe_retry(touch.span, retry, &it.name, &it.path))
        })
    }

    /// A constant touches nothing, not even itself.
    fn in_constant(&self, decl: DeclId, touches: &Touches) -> Option<Diagnostic> {
        touches.list.iter().find_map(|touch| {
            if let Some(it) = self.first(&touch.what, &|_| true) {
                return Some(report::effects::in_constant(touch.span, &it.name, &it.path));
            }
            let itself = Callee::Body(Owner::Const(decl));
            let needs_itself = self.search(&touch.what, &|_| false).1.contains(&itself);
            needs_itself.then(|| report::effects::constant_needs_itself(touch.span))
        })
    }

    /// A generic function must not lead back to itself with types that grow: there would be endlessly many of it.
    fn in_generic(&self, decl: DeclId, touches: &Touches) -> Option<Diagnostic> {
        let itself = Callee::Body(Owner::Fn(decl));
        touches.growing.iter().find_map(|(callee, span)| {
            let leads_back = *callee == decl
                || self.search(&Touched::Fn(*callee), &|_| false).1.contains(&itself);
            leads_back.then(|| report::effects::endless_generic(*span, &(self.names.of_decl)(decl)))
        })
    }

    fn first(&self, what: &Touched, wanted: &dyn Fn(&Effect) -> bool) -> Option<Reached> {
        self.search(what, wanted).0
    }

    /// The nearest effect of a kind that a touch leads to, and every body on the way there.
    fn search(
        &self,
        what: &Touched,
        wanted: &dyn Fn(&Effect) -> bool,
    ) -> (Option<Reached>, FxHashSet<Callee>) {
        let mut seen = FxHashSet::default();
        let mut waiting = VecDeque::from([(self.step(what), Vec::new())]);
        while let Some((step, path)) = waiting.pop_front() {
            match step {
                Step::Effect(effect, name) if wanted(&effect) => {
                    return (Some(Reached { effect, name, path }), seen);
                }
                Step::Effect(..) | Step::Plain(_) => {}
                Step::Call(callee) => {
                    let mut path = path;
                    path.push(self.name(&callee));
                    if seen.insert(callee.clone()) {
                        waiting.extend(self.steps(&callee).map(|it| (it, path.clone())));
                    }
                }
            }
        }
        (None, seen)
    }

    fn step(&self, what: &Touched) -> Step {
        step(self.names.library, what)
    }

    fn steps(&self, callee: &Callee) -> impl Iterator<Item = Step> {
        let steps: Vec<Step> = match callee {
            Callee::Body(owner) => match self.bodies.get(owner) {
                Some(touches) => touches.list.iter().map(|it| self.step(&it.what)).collect(),
                None => Vec::new(),
            },
            Callee::Library(id) => self.names.library.touched_by(id).map(library_step).collect(),
        };
        steps.into_iter()
    }

    fn name(&self, callee: &Callee) -> EcoString {
        match callee {
            Callee::Body(Owner::Fn(decl) | Owner::Const(decl) | Owner::Test(decl)) => {
                (self.names.of_decl)(*decl)
            }
            Callee::Body(Owner::Task(_) | Owner::Failure(_)) => "run".into(),
            Callee::Library(id) => library_name(id),
        }
    }
}

/// Whether an effect may be part of a transaction: of its own source anything, of the world only what is read at hand.
fn may_stand_in(effect: &Effect, transaction: &Transaction) -> bool {
    match effect {
        Effect::Source(name, _) => *name == transaction.source,
        Effect::Library(_, EffectClass::Pure | EffectClass::Transactional) => true,
        Effect::Library(id, EffectClass::Observe) => id.module != "http" && id.name != "sleep",
        Effect::Library(_, EffectClass::Idempotent | EffectClass::Once) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Effect, Owner};
    use crate::check::testing::{checked, finds, fine};

    #[test]
    fn effects_are_carried_to_callers() {
        let (project, checked) = checked(&[(
            "main",
            "fn g() -> int { return http.get(\"https://a.example\").status }\nfn f() -> int { return [1].map(n => g() + n).sum() }\nprint(f())",
        )]);
        let owner = Owner::Task(project.files()[0].source.id);
        let names: Vec<String> = checked.effects[&owner]
            .iter()
            .map(|it| match it {
                Effect::Library(id, _) => format!("{}.{}", id.module, id.name),
                Effect::Source(..) => "source".to_owned(),
            })
            .collect();
        assert_eq!(names, ["http.get", "prelude.print"]);
    }

    #[test]
    fn transactions_hold_what_can_be_rolled_back() {
        fine("transaction { print(now()) }");
        finds(
            "transaction { mail.send(to: \"a@example.com\", subject: \"x\") }",
            &["effect-in-transaction at `mail.send`"],
        );
        finds("transaction { sleep(1s) }", &["effect-in-transaction at `sleep`"]);
        finds(
            "fn g() { mail.send(to: \"a@example.com\", subject: \"x\") }\nfn f() { g() }\ntransaction { f() }",
            &["effect-in-transaction at `f`"],
        );
        fine(
            "table T { id: int key }\ntransaction in main { T.truncate()\n db.execute(\"delete from t\") }",
        );
        finds("transaction in nowhere { print(1) }", &["unknown-source at `nowhere`"]);
    }

    #[test]
    fn the_way_to_an_indirect_effect_is_shown() {
        let (_, checked) = checked(&[(
            "main",
            "fn g() { files.write(\"a\", \"b\") }\nfn f() { g() }\ntransaction { f() }",
        )]);
        assert_eq!(checked.diagnostics[0].labels[0].message, "`f` → `g` → `files.write`");
    }

    #[test]
    fn constants_are_constant() {
        fine(
            "const DAY = 24 * 1h\nconst NAMES = [\"a\", \"b\"].map(n => n.upper())\nprint(DAY)\nprint(NAMES)",
        );
        finds("const START = now()\nprint(START)", &["not-constant at `now`"]);
        finds(
            "fn f() -> int { return A }\nconst A = f()\nprint(A)",
            &["endless-declaration at `f`"],
        );
    }
}
