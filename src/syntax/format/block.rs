//! Braces: statements, arms and columns below one another, or on the one line that the author gave them.

use super::Writer;
use super::doc::{Doc, concat, group, hard_line, join, line, nest, text, wide_line};
use crate::source::Span;
use crate::syntax::tree::{Block, Expr, ExprKind};

impl<'s> Writer<'s> {
    /// `{ … }`
    pub(super) fn block(&mut self, block: &'s Block) -> Doc<'s> {
        let one_line = self.may_be_one_line(block);
        group(self.block_or_lines(block, one_line))
    }

    /// Whether the author has written the block on one line.
    pub(super) fn may_be_one_line(&self, block: &Block) -> bool {
        !self.breaks_between(block.span.start, block.span.end)
    }

    /// The block on the line of the group around it if that is possible and wanted, else on lines of its own.
    pub(super) fn block_or_lines(&mut self, block: &'s Block, one_line: bool) -> Doc<'s> {
        let Span { start, end, .. } = block.span;
        if !one_line || block.stmts.is_empty() {
            return self.inside_braces(start + 1, end - 1, &block.stmts, |it| it.span, Self::stmt);
        }
        let stmts = self.each_inside(&block.stmts, Self::stmt);
        let inner = nest(concat([line(), join(stmts, wide_line)]));
        concat([text("{"), inner, line(), text("}")])
    }

    /// Things below one another between braces: from the byte behind the one to the byte of the other.
    pub(super) fn inside_braces<T>(
        &mut self,
        opened: u32,
        closed: u32,
        things: &'s [T],
        span: impl Fn(&T) -> Span,
        write: impl Fn(&mut Self, &'s T) -> Doc<'s>,
    ) -> Doc<'s> {
        let outside = std::mem::take(&mut self.place);
        let (behind, _) = self.trailing(opened);
        let parts = self.sequence(things, closed, span, write);
        self.place = outside;
        if parts.is_empty() && !behind.is_broken() {
            return text("{}");
        }
        let first = if parts.is_empty() { super::doc::nil() } else { hard_line() };
        let inner = nest(concat([first, concat(parts)]));
        concat([text("{"), behind, inner, hard_line(), text("}")])
    }

    /// Writes several things where surroundings demand nothing.
    pub(super) fn each_inside<T>(
        &mut self,
        things: &'s [T],
        write: impl Fn(&mut Self, &'s T) -> Doc<'s>,
    ) -> Vec<Doc<'s>> {
        let outside = std::mem::take(&mut self.place);
        let docs = things.iter().map(|it| write(self, it)).collect();
        self.place = outside;
        docs
    }

    /// What stands between a word such as `if` and the `{` behind it, and the blank before that. A condition on
    /// several lines has the brace on a line of its own, which keeps it apart from the body.
    pub(super) fn head(&mut self, expr: &'s Expr) -> Doc<'s> {
        let head = self.head_expr(expr);
        match expr.kind {
            ExprKind::Binary(_) => group(concat([head, line()])),
            _ => concat([head, text(" ")]),
        }
    }
}
