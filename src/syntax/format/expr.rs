//! Expressions: each kind's layout, and brackets where they are needed.

use super::doc::{Doc, concat, group, join, line, nest, text};
use super::list::{CURLY, ROUND, SQUARE};
use super::parens;
use super::{Place, Writer};
use crate::source::Span;
use crate::syntax::power::Power;
use crate::syntax::token::Kind;
use crate::syntax::tree::{
    Arg, Arm, Closure, Expr, ExprKind, If, Match, Name, Param, Pattern, PatternKind, Range,
    RecordPart, TryExpr, UnaryOp,
};

/// What writing one level of an expression may need at most.
const STACK_RED_ZONE: usize = 256 * 1024;
const STACK_SEGMENT: usize = 2 * 1024 * 1024;

impl<'s> Writer<'s> {
    /// An expression where any may stand.
    pub(super) fn expr(&mut self, expr: &'s Expr) -> Doc<'s> {
        stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || {
            match self.is_forbidden(expr) || self.would_go_on(expr) {
                true => self.parenthesised(expr),
                false => self.bare_expr(expr),
            }
        })
    }

    /// Whether the surroundings would read the expression as something else.
    fn is_forbidden(&self, expr: &Expr) -> bool {
        let Place { head, guard } = self.place;
        match expr.kind {
            ExprKind::Record(_) => head,
            ExprKind::Closure(_) => head || guard,
            _ => head && parens::of(expr) == Power::Open,
        }
    }

    pub(super) fn parenthesised(&mut self, expr: &'s Expr) -> Doc<'s> {
        let inner = self.inside(|writer| writer.bare_expr(expr));
        concat([text("("), inner, text(")")])
    }

    fn bare_expr(&mut self, expr: &'s Expr) -> Doc<'s> {
        match &expr.kind {
            ExprKind::Error
            | ExprKind::Int(_)
            | ExprKind::Decimal(_)
            | ExprKind::Float(_)
            | ExprKind::Size(_)
            | ExprKind::Text(_)
            | ExprKind::Duration(_)
            | ExprKind::Time(_)
            | ExprKind::Date(_)
            | ExprKind::Bool(_)
            | ExprKind::Null
            | ExprKind::Name(_)
            | ExprKind::Break
            | ExprKind::Continue => self.leaf(expr),
            ExprKind::List(items) => self.list(SQUARE, expr.span, items, |it| it.span, Self::expr),
            ExprKind::Map(entries) if entries.is_empty() => text("[:]"),
            ExprKind::Map(entries) => {
                let place = |(key, value): &(Expr, Expr)| key.span.to(value.span);
                self.list(SQUARE, expr.span, entries, place, |writer, (key, value)| {
                    concat([writer.expr(key), text(": "), writer.expr(value)])
                })
            }
            ExprKind::Record(parts) => self.record(expr, parts),
            ExprKind::Unary(op, inner) => self.unary(*op, inner),
            ExprKind::Binary(_) => self.operators(expr),
            ExprKind::Range(it) => self.range(it),
            ExprKind::Call(_) | ExprKind::Field(_) | ExprKind::Index(..) => self.attached(expr),
            ExprKind::As(value, ty) => {
                let value = self.operand(value, Power::Attached);
                concat([value, text(" as "), self.type_expr(ty)])
            }
            ExprKind::If(it) => self.if_expr(it),
            ExprKind::Match(it) => self.match_expr(expr, it),
            ExprKind::Block(block) => self.block(block),
            ExprKind::Closure(it) => self.closure(it),
            ExprKind::Fail(inner) => concat([text("fail "), self.expr(inner)]),
            ExprKind::Try(it) => self.try_expr(it),
            ExprKind::Return(None) => text("return"),
            ExprKind::Return(Some(value)) => concat([text("return "), self.expr(value)]),
            ExprKind::Query(it) => self.query(expr, it),
            ExprKind::Update(it) => self.update(it),
            ExprKind::Delete(it) => self.delete(it),
        }
    }

    /// A literal or a word, as it is written; comments in its holes go with it.
    fn leaf(&mut self, expr: &'s Expr) -> Doc<'s> {
        self.verbatim(expr.span)
    }

    pub(super) fn name(&self, name: &Name) -> Doc<'s> {
        self.verbatim(name.span)
    }

    /// What stands beside an operator that binds as tightly as `power`, or behind what attaches to it.
    pub(super) fn operand(&mut self, expr: &'s Expr, power: Power) -> Doc<'s> {
        // What goes on to the right as far as it can stands bare where the author has it so: `x ?? fail "…"`.
        let own = parens::of(expr);
        match own < power && own != Power::Open || self.is_parenthesised(expr) {
            true => self.parenthesised(expr),
            false => self.expr(expr),
        }
    }

    fn unary(&mut self, op: UnaryOp, inner: &'s Expr) -> Doc<'s> {
        match op {
            UnaryOp::Negate => concat([text("-"), self.operand(inner, Power::Attached)]),
            UnaryOp::Not => concat([text("not "), self.operand(inner, Power::Not)]),
        }
    }

    fn range(&mut self, range: &'s Range) -> Doc<'s> {
        let sign = if range.inclusive { "..=" } else { ".." };
        let from = range.from.as_ref().map(|it| self.operand(it, Power::Sum));
        let to = range.to.as_ref().map(|it| self.operand(it, Power::Sum));
        concat(from.into_iter().chain([text(sign)]).chain(to))
    }

    fn record(&mut self, expr: &'s Expr, parts: &'s [RecordPart]) -> Doc<'s> {
        let place = |part: &RecordPart| match part {
            RecordPart::Field(name, value) => name.span.to(value.span),
            RecordPart::Short(_, value) | RecordPart::Spread(value) => value.span,
        };
        self.list(CURLY, expr.span, parts, place, |writer, part| match part {
            RecordPart::Field(name, value) => {
                concat([writer.name(name), text(": "), writer.expr(value)])
            }
            RecordPart::Short(_, value) => writer.expr(value),
            RecordPart::Spread(value) => concat([text("..."), writer.expr(value)]),
        })
    }

    pub(super) fn arg(&mut self, arg: &'s Arg) -> Doc<'s> {
        let value = self.expr(&arg.value);
        let Some(name) = &arg.name else { return value };
        let colon = self.tokens[self.token_at(name.span.end)].kind == Kind::Colon;
        let sign = if colon { ": " } else { " " };
        concat([self.name(name), text(sign), value])
    }

    pub(super) fn args(&mut self, span: Span, args: &'s [Arg]) -> Doc<'s> {
        let place = |arg: &Arg| {
            arg.name.as_ref().map_or(arg.value.span, |name| name.span.to(arg.value.span))
        };
        if let Some(together) = self.args_around_last(span, args, place) {
            return together;
        }
        self.list(ROUND, span, args, place, Self::arg)
    }

    /// `xs.map(x => {` … `})`: the brackets stay with the last argument, if that is what takes several lines.
    fn args_around_last(
        &mut self,
        span: Span,
        args: &'s [Arg],
        place: impl Fn(&Arg) -> Span,
    ) -> Option<Doc<'s>> {
        let (last, before) = args.split_last()?;
        let Span { start, end, .. } = place(last);
        if !self.hugs(last, before.is_empty())
            || self.breaks_between(span.start, start)
            || self.has_comment(end, span.end)
        {
            return None;
        }
        let outside = std::mem::take(&mut self.place);
        let outer_start = self.list_start.replace(span.start);
        let before = join(before.iter().map(|it| self.arg(it)).collect::<Vec<_>>(), || text(", "));
        let comma = text(if args.len() > 1 { ", " } else { "" });
        let last = self.arg(last);
        self.place = outside;
        self.list_start = outer_start;
        let is_broken = last.is_broken();
        let together = concat([text("("), before, comma, last, text(")")]);
        Some(if is_broken { together.keep_together() } else { together })
    }

    /// Whether the brackets of a call stay with its last argument: a function with a body, or a literal that is the only
    /// argument or that the author has written on several lines.
    fn hugs(&self, last: &Arg, is_alone: bool) -> bool {
        let value = &last.value;
        match &value.kind {
            ExprKind::Closure(it) => {
                matches!(
                    it.body.kind,
                    ExprKind::Block(_) | ExprKind::Match(_) | ExprKind::Record(_)
                )
            }
            ExprKind::Record(_) | ExprKind::List(_) | ExprKind::Map(_) => {
                let first = self.tokens[self.token_at(value.span.start) + 1].start;
                last.name.is_none() && (is_alone || self.breaks_between(value.span.start, first))
            }
            // `insert_all(rows.map(r => {` … `}))`
            ExprKind::Call(it) => {
                is_alone && it.args.last().is_some_and(|last| self.hugs(last, it.args.len() == 1))
            }
            _ => false,
        }
    }

    fn if_expr(&mut self, it: &'s If) -> Doc<'s> {
        let one_line = self.is_one_line(it);
        group(self.if_parts(it, one_line))
    }

    fn if_parts(&mut self, it: &'s If, one_line: bool) -> Doc<'s> {
        let head = self.head(&it.condition);
        let then = self.block_or_lines(&it.then, one_line);
        let start = concat([text("if "), head, then]);
        match it.otherwise.as_ref().map(|expr| (expr, &expr.kind)) {
            None => start,
            Some((_, ExprKind::If(other))) => {
                concat([start, text(" else "), self.if_parts(other, one_line)])
            }
            Some((_, ExprKind::Block(block))) => {
                concat([start, text(" else "), self.block_or_lines(block, one_line)])
            }
            Some((expr, _)) => concat([start, text(" else "), self.verbatim(expr.span)]),
        }
    }

    /// Whether all blocks of an `if` are written on one line, as one decision.
    fn is_one_line(&self, it: &If) -> bool {
        let rest = match it.otherwise.as_ref().map(|expr| &expr.kind) {
            Some(ExprKind::If(other)) => self.is_one_line(other),
            Some(ExprKind::Block(block)) => self.may_be_one_line(block),
            _ => true,
        };
        rest && self.may_be_one_line(&it.then)
    }

    /// An expression in whose place a `{` opens the body behind it.
    pub(super) fn head_expr(&mut self, expr: &'s Expr) -> Doc<'s> {
        self.placed(Place { head: true, guard: false }, |writer| writer.expr(expr))
    }

    fn match_expr(&mut self, expr: &'s Expr, it: &'s Match) -> Doc<'s> {
        let head = concat([text("match "), self.head(&it.subject)]);
        let opened = self.token_of(Kind::BraceOpen, it.subject.span.end);
        let opened = opened.map_or(expr.span.end, |it| it.end);
        let arms =
            self.inside_braces(opened, expr.span.end - 1, &it.arms, |arm| arm.span, Self::arm);
        concat([head, arms])
    }

    fn arm(&mut self, arm: &'s Arm) -> Doc<'s> {
        let patterns = match arm.patterns.is_empty() {
            true => text("else"),
            false => {
                let patterns: Vec<_> = arm.patterns.iter().map(|it| self.pattern(it)).collect();
                group(nest(join(patterns, || concat([text(","), line()]))))
            }
        };
        let guard = arm.guard.as_ref().map(|guard| {
            let place = Place { head: false, guard: true };
            concat([text(" if "), self.placed(place, |writer| writer.expr(guard))])
        });
        let body = self.body(&arm.body);
        concat([patterns].into_iter().chain(guard).chain([text(" => "), body]))
    }

    /// What stands behind an arrow, `try` or the `else` of a `try`.
    pub(super) fn body(&mut self, expr: &'s Expr) -> Doc<'s> {
        self.inside(|writer| match &expr.kind {
            ExprKind::Block(block) if !writer.slice(block.span).starts_with('{') => {
                concat(block.stmts.iter().map(|it| writer.stmt(it)).collect::<Vec<_>>())
            }
            ExprKind::Block(block) => writer.block(block),
            _ => match &parens::leftmost(expr).kind {
                ExprKind::Record(parts) if parens::looks_like_block(parts) => {
                    writer.parenthesised(expr)
                }
                _ => writer.expr(expr),
            },
        })
    }

    pub(super) fn pattern(&mut self, pattern: &'s Pattern) -> Doc<'s> {
        match &pattern.kind {
            PatternKind::Error | PatternKind::Name(_) => self.verbatim(pattern.span),
            PatternKind::Literal(it) => self.expr(it),
            PatternKind::Range(it) => self.range(it),
            PatternKind::Record(fields) => {
                let place = |(name, pattern): &(Name, Pattern)| name.span.to(pattern.span);
                self.list(CURLY, pattern.span, fields, place, |writer, (name, pattern)| {
                    if name.span == pattern.span {
                        return writer.name(name);
                    }
                    concat([writer.name(name), text(": "), writer.pattern(pattern)])
                })
            }
        }
    }

    fn closure(&mut self, it: &'s Closure) -> Doc<'s> {
        let bare = matches!(&it.params[..], [Param { ty: None, .. }]);
        let params =
            join(it.params.iter().map(|param| self.param(param)).collect::<Vec<_>>(), || {
                text(", ")
            });
        let params = if bare { params } else { concat([text("("), params, text(")")]) };
        concat([params, text(" => "), self.body(&it.body)])
    }

    fn try_expr(&mut self, it: &'s TryExpr) -> Doc<'s> {
        let tried = self.body(&it.body);
        let name = it.name.as_ref().map(|it| concat([self.name(&it.name), text(" => ")]));
        let fallback = self.body(&it.fallback);
        let parts = [text("try "), tried, text(" else ")].into_iter().chain(name).chain([fallback]);
        concat(parts)
    }
}
