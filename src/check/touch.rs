//! Takes note of what each body touches: library calls, functions of the project, sources; and inside which transaction.
//!
//! What follows from it across functions is worked out when all bodies are known ([`super::effects`]).

use ecow::EcoString;

use super::checked::Resolution;
use super::checker::Checker;
use super::effects::EffectClass;
use super::library::{Declaration, EntryId};
use super::project::{default_source, is_task};
use super::types::{DeclId, Type};
use crate::source::{FileId, Span};

/// Something that a body touches, at a place.
#[derive(Clone, Debug)]
pub(super) struct Touch {
    pub(super) what: Touched,
    pub(super) span: Span,
    /// The index of the transaction that it stands in, among the body's.
    pub(super) transaction: Option<u32>,
}

/// What can be touched.
#[derive(Clone, Debug)]
pub(super) enum Touched {
    /// A function of the library that is not pure, or has a body that may not be.
    Library(EntryId),
    /// A function of the project.
    Fn(DeclId),
    /// A constant, which is computed when it is first used.
    Const(DeclId),
    /// A source, read or written; nothing is the task's default source.
    Source { name: Option<EcoString>, access: Access },
    /// The task's own statements, run by a test.
    Task(FileId),
}

/// How a source is touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Read.
    Read,
    /// Written.
    Write,
}

/// A `transaction` statement.
#[derive(Clone, Debug)]
pub(super) struct Transaction {
    /// The word.
    pub(super) span: Span,
    /// The source that it is on; nothing is the task's default source.
    pub(super) source: Option<EcoString>,
}

/// What one body touches.
#[derive(Debug, Default)]
pub(super) struct Touches {
    pub(super) list: Vec<Touch>,
    pub(super) transactions: Vec<Transaction>,
    /// Calls of generic functions with types that are made of the caller's own type parameters.
    pub(super) growing: Vec<(DeclId, Span)>,
    /// The transaction that we are in.
    current: Option<u32>,
    /// How many things were done whose result may be ignored.
    acts: u32,
}

impl Checker<'_> {
    /// A call of a function of the library, or its use as a value.
    pub(super) fn touch_library(&mut self, declaration: &Declaration, span: Span) {
        match declaration.native {
            Some(native) => {
                if native.changes || native.effect != EffectClass::Pure || native.plain {
                    self.touches.acts += 1;
                }
                if native.effect != EffectClass::Pure {
                    self.touch(Touched::Library(declaration.entry), span);
                }
            }
            None => self.touch(Touched::Library(declaration.entry), span),
        }
    }

    /// A call of a function of the project.
    pub(super) fn touch_fn(&mut self, decl: DeclId, span: Span) {
        self.touches.acts += 1;
        self.touch(Touched::Fn(decl), span);
    }

    /// A generic function of the project is called with these types. Types that are made of the caller's own parameters
    /// grow from call to call if the callee leads back to the caller.
    pub(super) fn touch_type_args(&mut self, decl: DeclId, type_args: &[Type], span: Span) {
        let is_param = |ty: &Type| matches!(ty, Type::Param(_));
        let grows = |ty: &&Type| !is_param(ty) && ty.has_part(&mut |part| is_param(part));
        if type_args.iter().any(|ty| grows(&ty)) {
            self.touches.growing.push((decl, span));
        }
    }

    /// A function of the project used as a value: it will be called.
    pub(super) fn touch_value(&mut self, resolution: &Resolution, span: Span) {
        match resolution {
            Resolution::Fn(decl) => self.touch(Touched::Fn(*decl), span),
            Resolution::Const(decl) => self.touch(Touched::Const(*decl), span),
            Resolution::Local(_)
            | Resolution::Kept(_)
            | Resolution::Table(_)
            | Resolution::Module(_)
            | Resolution::Setting { .. }
            | Resolution::Run(_)
            | Resolution::Source(_)
            | Resolution::Library(_) => {}
        }
    }

    /// The task's statements, run by a test.
    pub(super) fn touch_task(&mut self, span: Span) {
        self.touches.acts += 1;
        self.touch(Touched::Task(self.file), span);
    }

    /// A source is read or written; nothing stands for the task's default source.
    pub(super) fn touch_source(&mut self, name: Option<EcoString>, access: Access, span: Span) {
        if access == Access::Write {
            self.touches.acts += 1;
        }
        let name = self.unless_default(name);
        self.touch(Touched::Source { name, access }, span);
    }

    /// Nothing for the source that a task takes where none is named, also where it is named.
    pub(in crate::check) fn unless_default(&self, source: Option<EcoString>) -> Option<EcoString> {
        source.filter(|it| !is_task(self.items) || *it != default_source(self.items))
    }

    /// A function value is called, and nobody knows what it does.
    pub(super) fn touch_unknown(&mut self) {
        self.touches.acts += 1;
    }

    fn touch(&mut self, what: Touched, span: Span) {
        let transaction = self.touches.current;
        self.touches.list.push(Touch { what, span, transaction });
    }

    /// Grows with everything that is done for its own sake, so that two readings tell whether anything was.
    pub(super) fn act_mark(&self) -> u32 {
        self.touches.acts
    }

    /// Whether we are in a transaction.
    pub(super) fn is_in_transaction(&self) -> bool {
        self.touches.current.is_some()
    }

    /// Begins a transaction; gives what [`Checker::leave_transaction`] takes.
    pub(super) fn enter_transaction(
        &mut self,
        span: Span,
        source: Option<EcoString>,
    ) -> Option<u32> {
        let index = u32::try_from(self.touches.transactions.len()).unwrap_or(u32::MAX);
        let source = self.unless_default(source);
        self.touches.transactions.push(Transaction { span, source });
        self.touches.acts += 1;
        self.touches.current.replace(index)
    }

    /// Ends the innermost transaction.
    pub(super) fn leave_transaction(&mut self, outer: Option<u32>) {
        self.touches.current = outer;
    }
}
