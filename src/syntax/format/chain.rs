//! Operators one after another, and calls one after another.

use super::Writer;
use super::doc::{Doc, WIDTH, concat, group, hard_line, join, line, nest, nil, text};
use super::parens;
use crate::syntax::power::Power;
use crate::syntax::tree::{BinaryOp, Expr, ExprKind};

/// Something attached to an expression: `.f`, `(…)`, `[…]`.
struct Link<'s> {
    /// It begins with a dot, and may begin a line.
    dotted: bool,
    /// It is the brackets of a call.
    called: bool,
    /// The author has put its dot at the beginning of a line.
    breaks: bool,
    doc: Doc<'s>,
}

impl<'s> Writer<'s> {
    /// A chain of operators that bind alike: on one line, or with each operator at the beginning of a line. A `-`
    /// there would begin a statement, so it stays at the end of the line above.
    pub(super) fn operators(&mut self, expr: &'s Expr) -> Doc<'s> {
        let power = parens::of(expr);
        let mut parts = Vec::new();
        let first = self.operator_links(expr, power, &mut parts);
        group(concat([first, nest(concat(parts))]))
    }

    /// The first operand of a chain; its other operands, with their operators, go to `parts` in order.
    fn operator_links(
        &mut self,
        expr: &'s Expr,
        power: Power,
        parts: &mut Vec<Doc<'s>>,
    ) -> Doc<'s> {
        let ExprKind::Binary(it) = &expr.kind else { return self.operand(expr, power) };
        let chained = parens::of(&it.left) == power
            && power != Power::Comparison
            && !self.is_parenthesised(&it.left);
        let first = match chained {
            true => self.operator_links(&it.left, power, parts),
            false => {
                let least = if power == Power::Comparison { power.next() } else { power };
                self.operand(&it.left, least)
            }
        };
        let (comment, _) = self.trailing(it.left.span.end);
        let sign = self.verbatim(it.op_span);
        let right = self.operand(&it.right, power.next());
        parts.push(comment);
        parts.push(match it.op {
            BinaryOp::Subtract => concat([text(" "), sign, line(), right]),
            _ => concat([line(), sign, text(" "), right]),
        });
        first
    }

    /// Fields, calls and indices behind an expression: on one line, or each dot at the beginning of a line.
    pub(super) fn attached(&mut self, expr: &'s Expr) -> Doc<'s> {
        let mut links = Vec::new();
        let base = self.links(expr, &mut links);
        let calls = (0..links.len()).filter(|it| is_call(&links, *it)).count();
        let is_wide =
            base.flat_width() + links.iter().map(|it| it.doc.flat_width()).sum::<usize>() > WIDTH;
        let is_broken = links.iter().any(|it| it.doc.is_broken());
        let breaks = calls > 1 && (links.iter().any(|it| it.breaks) || is_wide && !is_broken);
        if !breaks {
            return concat([base].into_iter().chain(links.into_iter().map(|it| it.doc)));
        }
        // What follows a name at once stays with it, if the author has it so: `orders.filter(…)`.
        let mut stays = !links.first().is_some_and(|it| it.breaks);
        let mut parts = Vec::new();
        for index in 0..links.len() {
            if is_call(&links, index) && !std::mem::take(&mut stays) {
                parts.push(hard_line());
            }
            parts.push(std::mem::replace(&mut links[index].doc, nil()));
        }
        concat([base, nest(concat(parts))])
    }

    /// What a chain begins with; what is attached to it goes to `links` in order. A field stays with what it belongs to,
    /// the call behind it is its own.
    fn links(&mut self, expr: &'s Expr, links: &mut Vec<Link<'s>>) -> Doc<'s> {
        let (base, dotted) = match &expr.kind {
            ExprKind::Field(it) => (self.links(&it.base, links), true),
            ExprKind::Call(it) => (self.links(&it.callee, links), false),
            // A bracket right behind a time would be taken for its zone.
            ExprKind::Index(base, _)
                if matches!(base.kind, ExprKind::Time(_) | ExprKind::Date(_)) =>
            {
                (self.parenthesised(base), false)
            }
            ExprKind::Index(base, _) => (self.links(base, links), false),
            // A dot behind the type would be taken for a part of it.
            ExprKind::As(..) => return self.parenthesised(expr),
            _ => return self.operand(expr, Power::Attached),
        };
        let end = base_end(expr);
        let (comment, _) = if links.is_empty() { (nil(), 0) } else { self.trailing(end) };
        let doc = match &expr.kind {
            ExprKind::Field(it) => {
                concat([comment, text(if it.optional { "?." } else { "." }), self.name(&it.name)])
            }
            ExprKind::Call(it) => {
                let types = self.type_args(&it.type_args);
                concat([comment, types, self.args(it.args_span, &it.args)])
            }
            ExprKind::Index(_, index) => {
                let index = self.inside(|writer| writer.expr(index));
                concat([comment, text("["), index, text("]")])
            }
            _ => comment,
        };
        let breaks = match &expr.kind {
            ExprKind::Field(it) => self.breaks_between(it.base.span.end, it.name.span.start),
            _ => false,
        };
        links.push(Link { dotted, called: matches!(expr.kind, ExprKind::Call(_)), breaks, doc });
        base
    }

    fn type_args(&mut self, types: &'s [crate::syntax::tree::TypeExpr]) -> Doc<'s> {
        if types.is_empty() {
            return nil();
        }
        let types: Vec<_> = types.iter().map(|it| self.type_expr(it)).collect();
        concat([text("<"), join(types, || text(", ")), text(">")])
    }
}

/// Whether a link is a dot with a name and a call behind it.
fn is_call(links: &[Link<'_>], at: usize) -> bool {
    links[at].dotted && links.get(at + 1).is_some_and(|it| it.called)
}

/// Where what something is attached to ends.
fn base_end(expr: &Expr) -> u32 {
    match &expr.kind {
        ExprKind::Field(it) => it.base.span.end,
        ExprKind::Call(it) => it.callee.span.end,
        ExprKind::Index(base, _) => base.span.end,
        _ => expr.span.end,
    }
}
