//! Questions and writes that a loop repeats.

use ecow::EcoString;

use crate::check::checker::Checker;
use crate::check::effects::EffectClass;
use crate::check::report::queries as say;
use crate::check::scope::FrameKind;
use crate::check::table::TableInfo;
use crate::check::touch::Touched;
use crate::source::Span;
use crate::syntax::tree::{Expr, For};

/// What a call on a table does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check) enum LoopCall {
    /// It finds one row.
    Read,
    /// It writes.
    Write,
}

/// A call that stands in a loop.
#[derive(Clone, Debug)]
pub(super) struct Noted {
    span: Span,
    what: LoopCall,
    table: EcoString,
    is_in_transaction: bool,
}

/// Where a loop's body began.
#[derive(Clone, Copy, Debug)]
pub(in crate::check) struct LoopMark {
    calls: usize,
    touches: usize,
}

impl Checker<'_> {
    /// Takes note of a call on a table.
    pub(in crate::check) fn note_in_loop(
        &mut self,
        expr: &Expr,
        what: LoopCall,
        table: &TableInfo,
    ) {
        let is_in_transaction = self.is_in_transaction();
        let (span, table) = (expr.span, table.name.clone());
        self.queries.loop_calls.push(Noted { span, what, table, is_in_transaction });
    }

    /// A `for` begins.
    pub(in crate::check) fn begin_loop_calls(&self) -> LoopMark {
        LoopMark { calls: self.queries.loop_calls.len(), touches: self.touches.list.len() }
    }

    /// A `for` has ended: says what would be better done at once. A body that reaches out to the world has its reasons to
    /// take one item after the other, and one that runs in parallel cannot share a transaction.
    pub(in crate::check) fn end_loop_calls(&mut self, mark: LoopMark, it: &For) {
        let calls = self.queries.loop_calls.split_off(mark.calls);
        let is_test = self.scope.body_kind() == Some(FrameKind::Test);
        if calls.is_empty() || is_test || it.parallel {
            return;
        }
        let stays_inside =
            self.touches.list[mark.touches..].iter().all(|it| self.is_inside(&it.what));
        for call in calls {
            match call.what {
                LoopCall::Read if self.names_item(call.span, it) => {
                    self.report(say::query_in_loop(call.span, it, &call.table));
                }
                LoopCall::Write if stays_inside && !call.is_in_transaction => {
                    self.report(say::write_in_loop(call.span, it, &call.table));
                }
                LoopCall::Read | LoopCall::Write => {}
            }
        }
    }

    /// Whether something touches nothing but databases.
    fn is_inside(&self, what: &Touched) -> bool {
        match what {
            Touched::Source { .. } | Touched::Const(_) => true,
            Touched::Library(entry) => match self.library().declaration(*entry).native {
                Some(native) => native.plain || native.effect == EffectClass::Pure,
                None => false,
            },
            Touched::Fn(_) | Touched::Task(_) => false,
        }
    }

    /// Whether what is asked for is the loop's item, or a part of it.
    fn names_item(&self, span: Span, it: &For) -> bool {
        let text = self.source.slice(span);
        let name = it.item.name.text.as_str();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        !name.is_empty()
            && text.match_indices(name).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                let after = text[at + name.len()..].chars().next();
                !before.is_some_and(|c| is_word(c) || c == '.') && !after.is_some_and(is_word)
            })
            && self.scope.frame().is_some_and(|frame| frame.kind != FrameKind::Parallel)
    }
}
