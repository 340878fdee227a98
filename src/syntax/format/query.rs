//! Queries and set-based writes: on one line as the author wrote them, or each clause on a line of its own.

use super::Writer;
use super::doc::{Doc, concat, group, join, line, nest, nil, text};
use crate::syntax::tree::{Binding, Clause, ClauseKind, Delete, Expr, Query, SortKey, Update};

impl<'s> Writer<'s> {
    pub(super) fn query(&mut self, expr: &'s Expr, it: &'s Query) -> Doc<'s> {
        let last = it.clauses.last().map_or(expr.span.start, |it| it.word_span.start);
        let broken = self.breaks_between(expr.span.start, last);
        let word = text(if it.parallel { "parallel from " } else { "from " });
        let head = concat([word, self.item_in(&it.item, &it.source)]);
        let clauses = nest(self.clauses(&it.clauses));
        let query = concat([head, clauses]);
        group(if broken { query.break_up() } else { query })
    }

    /// `o in Order`
    fn item_in(&mut self, item: &'s Binding, source: &'s Expr) -> Doc<'s> {
        concat([self.name(&item.name), text(" in "), self.expr(source)])
    }

    /// Clauses, each behind a line break or a blank, with the comments between them.
    pub(super) fn clauses(&mut self, clauses: &'s [Clause]) -> Doc<'s> {
        let mut parts = Vec::new();
        for (index, clause) in clauses.iter().enumerate() {
            let before = index.checked_sub(1).map(|it| &clauses[it]);
            let start = clause.word_span.start;
            let (behind, _) = self.trailing(self.token_before(start));
            let paired = before.is_some_and(|before| self.is_page(before, clause));
            parts.push(behind);
            parts.push(if paired { text(" ") } else { line() });
            parts.push(self.leading(start));
            parts.push(self.clause(clause));
        }
        concat(parts)
    }

    /// `skip 20 take 10` on one line: together they are a page.
    fn is_page(&self, before: &Clause, clause: &Clause) -> bool {
        matches!((&before.kind, &clause.kind), (ClauseKind::Skip(_), ClauseKind::Take(_)))
            && !self.breaks_between(before.word_span.end, clause.word_span.start)
    }

    fn clause(&mut self, clause: &'s Clause) -> Doc<'s> {
        match &clause.kind {
            ClauseKind::Join { left, item, source, on } => {
                let word = text(if *left { "left join " } else { "join " });
                let item = self.item_in(item, source);
                concat([word, item, text(" on "), self.expr(on)])
            }
            ClauseKind::Where(it) => concat([text("where "), self.expr(it)]),
            ClauseKind::GroupBy(keys) => {
                let keys: Vec<_> = keys.iter().map(|it| self.expr(it)).collect();
                concat([text("group by "), several(keys)])
            }
            ClauseKind::Sort(keys) => {
                let keys: Vec<_> = keys.iter().map(|it| self.sort_key(it)).collect();
                concat([text("sort "), several(keys)])
            }
            ClauseKind::Skip(it) => concat([text("skip "), self.expr(it)]),
            ClauseKind::Take(it) => concat([text("take "), self.expr(it)]),
            ClauseKind::Select(it) => concat([text("select "), self.expr(it)]),
            ClauseKind::Limit(it) => concat([text("limit "), self.expr(it)]),
        }
    }

    fn sort_key(&mut self, it: &'s SortKey) -> Doc<'s> {
        concat([self.expr(&it.key), text(if it.descending { " desc" } else { "" })])
    }

    pub(super) fn update(&mut self, it: &'s Update) -> Doc<'s> {
        let head = concat([text("update "), self.item_in(&it.item, &it.table)]);
        let condition = self.condition(it.condition.as_ref());
        let set = concat([line(), text("set "), self.expr(&it.set)]);
        group(concat([head, nest(concat([condition, set]))]))
    }

    pub(super) fn delete(&mut self, it: &'s Delete) -> Doc<'s> {
        let head = concat([text("delete "), self.item_in(&it.item, &it.table)]);
        let condition = self.condition(it.condition.as_ref());
        group(concat([head, nest(condition)]))
    }

    fn condition(&mut self, condition: Option<&'s Expr>) -> Doc<'s> {
        condition.map_or_else(nil, |it| concat([line(), text("where "), self.expr(it)]))
    }
}

/// Things with commas between them, on one line if they fit.
fn several(parts: Vec<Doc<'_>>) -> Doc<'_> {
    group(nest(join(parts, || concat([text(","), line()]))))
}
