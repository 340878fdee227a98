//! Questions and writes that a loop repeats.

use ecow::EcoString;

use crate::check::checker::Checker;
use crate::check::effects::EffectClass;
use crate::check::report::queries::{self as say, AtOnce, Lookup};
use crate::check::scope::FrameKind;
use crate::check::table::TableInfo;
use crate::check::touch::Touched;
use crate::source::Span;
use crate::syntax::tree::{Call, Expr, ExprKind, For};

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
    /// Where the table lives, if it says so.
    source: Option<EcoString>,
    /// The column that a row is found by, and where what it is compared with is written.
    by: Option<By>,
    is_in_transaction: bool,
}

/// What a row is found by.
#[derive(Clone, Debug)]
struct By {
    column: EcoString,
    value: Value,
}

/// What a column is compared with.
#[derive(Clone, Debug)]
enum Value {
    /// `id`
    Name(EcoString),
    /// `o.customer_id`, with the name in front of the dot.
    Field(EcoString, Span),
    /// Anything else.
    Computed,
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
        call: &Call,
        what: LoopCall,
        table: &TableInfo,
    ) {
        let is_in_transaction = self.is_in_transaction();
        let by = By::of(call, table);
        let (span, source, table) = (expr.span, table.source.clone(), table.name.clone());
        self.queries.loop_calls.push(Noted { span, what, table, source, by, is_in_transaction });
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
                    self.say_query_in_loop(&call, it);
                }
                LoopCall::Write if stays_inside && !call.is_in_transaction => {
                    self.report(say::write_in_loop(call.span, it, &call.table));
                }
                LoopCall::Read | LoopCall::Write => {}
            }
        }
    }

    /// Says that a loop asks for one row after the other, with the query that asks once.
    fn say_query_in_loop(&mut self, call: &Noted, it: &For) {
        let Some(by) = &call.by else { return };
        let way = self.at_once(&by.value, call.source.as_ref(), it);
        let value = match &by.value {
            Value::Field(_, span) => self.source.slice(*span),
            Value::Name(name) => name.as_str(),
            Value::Computed => "",
        };
        let lookup = Lookup { table: &call.table, column: &by.column, value };
        let finding = say::query_in_loop(call.span, it, &lookup, &way);
        self.report(finding);
    }

    /// The query that asks once, as far as it can be told from what is looped over.
    fn at_once(&mut self, value: &Value, source: Option<&EcoString>, it: &For) -> AtOnce {
        let looped_over = match &it.iter.kind {
            ExprKind::Query(query) => &query.source,
            _ => &it.iter,
        };
        let text = self.source.slice(looped_over.span);
        let item = &it.item.name.text;
        match value {
            Value::Field(base, _) if base == item && self.is_table_of(looped_over, source) => {
                AtOnce::Join(text.into())
            }
            Value::Name(name) if name == item && can_be_listed(&it.iter, text) => {
                AtOnce::Listed(text.into())
            }
            Value::Field(..) | Value::Name(_) | Value::Computed => AtOnce::Unknown,
        }
    }

    /// Whether this is a table on the same source: no statement joins those of two.
    fn is_table_of(&mut self, expr: &Expr, source: Option<&EcoString>) -> bool {
        let table = self.table_behind(expr).and_then(|it| self.table_info(it));
        table.is_some_and(|it| it.source.as_ref() == source)
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

impl By {
    fn of(call: &Call, table: &TableInfo) -> Option<Self> {
        let first = call.args.first()?;
        let column = match &first.name {
            Some(name) => name.text.clone(),
            None => table.key()?.name.clone(),
        };
        let value = match &first.value.kind {
            ExprKind::Name(name) => Value::Name(name.clone()),
            ExprKind::Field(field) => match &field.base.kind {
                ExprKind::Name(base) => Value::Field(base.clone(), first.value.span),
                _ => Value::Computed,
            },
            _ => Value::Computed,
        };
        Some(Self { column, value })
    }
}

/// Whether what is looped over can be written behind `in` of a query: a list by its name, or one that is short.
fn can_be_listed(iter: &Expr, text: &str) -> bool {
    const CHARS_MAX: usize = 40;
    matches!(iter.kind, ExprKind::Name(_) | ExprKind::List(_))
        && text.chars().count() <= CHARS_MAX
        && !text.contains('\n')
}
