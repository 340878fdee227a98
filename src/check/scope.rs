//! Variables: which are in scope, who sees them from a closure, and whether anybody reads them.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::types::Type;
use crate::source::Span;
use crate::syntax::tree::{Expr, NodeId};

/// The variables of the body being checked, innermost last.
#[derive(Debug, Default)]
pub(super) struct Scope<'p> {
    locals: Vec<Local>,
    innermost: FxHashMap<EcoString, LocalId>,
    /// The bodies that we are in, outermost first: the function, test or task, then closures and parallel bodies.
    pub(super) frames: Vec<Frame<'p>>,
}

/// A variable's place among those in scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LocalId(u32);

/// A variable.
#[derive(Clone, Debug)]
pub(super) struct Local {
    /// What it is called.
    pub(super) name: EcoString,
    /// Where its name stands.
    pub(super) span: Span,
    /// The binding or parameter.
    pub(super) node: NodeId,
    /// Its declared type, before narrowing.
    pub(super) ty: Type,
    /// What brought it into being.
    pub(super) kind: LocalKind,
    /// Whether anybody reads it.
    pub(super) is_used: bool,
    /// Whether it is set again, or changed.
    pub(super) is_changed: bool,
    shadows: Option<LocalId>,
}

/// What brings a variable into being.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LocalKind {
    /// `let`
    Let,
    /// `var`
    Var,
    /// A `keep` of the task.
    Kept,
    /// A parameter of a function or closure.
    Param,
    /// The item, index or key of a loop.
    Loop,
    /// The row of a query.
    Row,
    /// The error of a `catch` or `try … else`.
    Error,
    /// A name in a `match` pattern.
    Pattern,
}

/// A body with variables of its own.
#[derive(Debug)]
pub(super) struct Frame<'p> {
    /// What it is.
    pub(super) kind: FrameKind,
    /// How many variables were in scope where it began.
    pub(super) boundary: LocalId,
    /// How many blocks there are up to its own.
    pub(super) depth: u32,
    /// The outer variables that it sees, in order of first use.
    pub(super) captures: Vec<NodeId>,
    /// What `return` gives here.
    pub(super) result: FrameResult<'p>,
    /// The loops of this frame that we are in, outermost first, and whether a `break` leaves each.
    pub(super) loops: Vec<bool>,
}

/// What a body with variables of its own is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameKind {
    /// A `fn`.
    Fn,
    /// The task's statements, `on failure` included.
    Task,
    /// A `test`.
    Test,
    /// The value of a `const`, a default, and other expressions outside any body.
    Value,
    /// A closure.
    Closure,
    /// The body of a `parallel for` or `parallel from`.
    Parallel,
}

/// What `return` gives.
#[derive(Clone, Debug)]
pub(super) enum FrameResult<'p> {
    /// Nothing: `return` stands alone.
    Nothing,
    /// A value of this type, which is stated at a place.
    Stated(Type, Option<Span>),
    /// Whatever holds all of these, which were returned so far.
    Inferred(Vec<(&'p Expr, Type)>),
    /// There is nothing to return from.
    Forbidden,
}

impl LocalKind {
    /// Whether it may be assigned.
    pub(super) fn is_variable(self) -> bool {
        matches!(self, Self::Var | Self::Kept)
    }
}

impl<'p> Scope<'p> {
    /// How many variables are in scope: where a block began, for [`Scope::close`].
    pub(super) fn mark(&self) -> LocalId {
        LocalId(u32::try_from(self.locals.len()).unwrap_or(u32::MAX))
    }

    /// Brings a variable into scope.
    pub(super) fn declare(
        &mut self,
        name: &EcoString,
        span: Span,
        node: NodeId,
        ty: Type,
        kind: LocalKind,
    ) -> LocalId {
        let id = self.mark();
        let shadows = self.innermost.insert(name.clone(), id);
        let name = name.clone();
        let local =
            Local { name, span, node, ty, kind, is_used: false, is_changed: false, shadows };
        self.locals.push(local);
        id
    }

    /// Takes the variables out of scope that came since `mark`, last first, and hands each on.
    pub(super) fn close(&mut self, mark: LocalId, mut gone: impl FnMut(Local)) {
        while self.mark() > mark {
            let Some(local) = self.locals.pop() else { return };
            match local.shadows {
                Some(outer) => self.innermost.insert(local.name.clone(), outer),
                None => self.innermost.remove(&local.name),
            };
            gone(local);
        }
    }

    /// The innermost variable of a name.
    pub(super) fn find(&self, name: &str) -> Option<LocalId> {
        self.innermost.get(name).copied()
    }

    /// A variable in scope.
    pub(super) fn get(&self, id: LocalId) -> &Local {
        &self.locals[id.0 as usize]
    }

    /// A variable in scope, to change what is known of it.
    pub(super) fn get_mut(&mut self, id: LocalId) -> &mut Local {
        &mut self.locals[id.0 as usize]
    }

    /// Every variable in scope, those that are shadowed included.
    pub(super) fn locals(&self) -> &[Local] {
        &self.locals
    }

    /// Takes note that a variable is used here: every closure between it and here captures it.
    pub(super) fn capture(&mut self, id: LocalId) {
        let node = self.locals[id.0 as usize].node;
        for frame in self.frames.iter_mut().rev().take_while(|frame| id < frame.boundary) {
            if !frame.captures.contains(&node) {
                frame.captures.push(node);
            }
        }
    }

    /// The outermost closure or parallel body that a variable lies outside of, if it is not our own.
    pub(super) fn foreign_frame(&self, id: LocalId) -> Option<FrameKind> {
        self.frames.iter().find(|frame| id < frame.boundary).map(|frame| frame.kind)
    }

    /// The body that we are in.
    pub(super) fn frame(&self) -> Option<&Frame<'p>> {
        self.frames.last()
    }

    /// The body that we are in, to change what is known of it.
    pub(super) fn frame_mut(&mut self) -> Option<&mut Frame<'p>> {
        self.frames.last_mut()
    }

    /// The function, test or task that we are in, closures aside.
    pub(super) fn body_kind(&self) -> Option<FrameKind> {
        self.frames.first().map(|frame| frame.kind)
    }
}
