//! Statements.

use super::doc::{Doc, concat, group, join, line, nest, nil, text};
use super::list::CURLY;
use super::{Place, Writer};
use crate::syntax::tree::{
    Catch, Expr, ExprKind, FieldBinding, For, Let, LetTarget, Query, Stmt, StmtKind, TestStmt, Try,
    TypeExpr,
};

impl<'s> Writer<'s> {
    pub(super) fn stmt(&mut self, stmt: &'s Stmt) -> Doc<'s> {
        match &stmt.kind {
            StmtKind::Error => self.verbatim(stmt.span),
            StmtKind::Let(it) => self.let_stmt(it),
            StmtKind::Assign(it) => {
                let target = self.expr(&it.target);
                let sign = self.verbatim(it.op_span);
                concat([target, text(" "), sign, self.value(&it.value)])
            }
            StmtKind::Expr(it) => self.expr(it),
            StmtKind::For(it) => self.for_stmt(it),
            StmtKind::While(condition, body) => {
                let head = self.head(condition);
                concat([text("while "), head, self.block(body)])
            }
            StmtKind::Try(it) => self.try_stmt(it),
            StmtKind::Transaction(source, body) => {
                let source = source
                    .as_ref()
                    .map_or_else(nil, |it| concat([text("in "), self.name(it), text(" ")]));
                concat([text("transaction "), source, self.block(body)])
            }
            StmtKind::Test(it) => self.test_stmt(it),
        }
    }

    fn let_stmt(&mut self, it: &'s Let) -> Doc<'s> {
        let word = text(if it.mutable { "var " } else { "let " });
        let target = match &it.target {
            LetTarget::Name(binding) => self.name(&binding.name),
            LetTarget::Fields(fields, span) => {
                let place = |it: &FieldBinding| it.field.span.to(it.binding.name.span);
                self.list(CURLY, *span, fields, place, |writer, it| {
                    let field = writer.name(&it.field);
                    if it.field.span == it.binding.name.span {
                        return field;
                    }
                    concat([field, text(": "), writer.name(&it.binding.name)])
                })
            }
        };
        let ty = self.stated_type(it.ty.as_ref());
        concat([word, target, ty, text(" ="), self.value(&it.value)])
    }

    /// `: T`, where a type is stated.
    pub(super) fn stated_type(&mut self, ty: Option<&'s TypeExpr>) -> Doc<'s> {
        ty.map_or_else(nil, |it| concat([text(": "), self.type_expr(it)]))
    }

    /// What stands behind `=`. A text that would leave the line goes to the next one: it cannot be broken.
    pub(super) fn value(&mut self, expr: &'s Expr) -> Doc<'s> {
        let value = self.expr(expr);
        match expr.kind {
            ExprKind::Text(_) if !self.slice(expr.span).contains('\n') => {
                group(nest(concat([line(), value])))
            }
            _ => concat([text(" "), value]),
        }
    }

    fn for_stmt(&mut self, it: &'s For) -> Doc<'s> {
        let word = text(if it.parallel { "parallel for " } else { "for " });
        let index =
            it.index.as_ref().map_or_else(nil, |it| concat([self.name(&it.name), text(", ")]));
        let item = concat([self.name(&it.item.name), text(" in ")]);
        let iter = match self.head_query(it) {
            Some(query) => self.loop_head(query, it.limit.as_ref()),
            None => match &it.limit {
                None => self.head(&it.iter),
                Some(limit) => {
                    let iter = self.head_expr(&it.iter);
                    concat([iter, text(" limit "), self.head(limit)])
                }
            },
        };
        concat([word, index, item, iter, self.block(&it.body)])
    }

    /// The query whose clauses stand in the loop's head: its variable is the loop's own.
    fn head_query(&self, it: &'s For) -> Option<&'s Query> {
        match &it.iter.kind {
            ExprKind::Query(query) if query.item.name.span == it.item.name.span => Some(query),
            _ => None,
        }
    }

    fn loop_head(&mut self, query: &'s Query, limit: Option<&'s Expr>) -> Doc<'s> {
        let source = self.head_expr(&query.source);
        let place = Place { head: true, guard: false };
        let outside = std::mem::replace(&mut self.place, place);
        let mut clauses = self.clauses(&query.clauses);
        self.place = outside;
        if let Some(limit) = limit {
            clauses = concat([clauses, line(), text("limit "), self.head_expr(limit)]);
        }
        group(concat([source, nest(clauses), line()]))
    }

    fn try_stmt(&mut self, it: &'s Try) -> Doc<'s> {
        let one_line = self.may_be_one_line(&it.body)
            && it.catches.iter().all(|it| self.may_be_one_line(&it.body));
        let body = self.block_or_lines(&it.body, one_line);
        let mut parts = vec![text("try "), body];
        for catch in &it.catches {
            parts.push(self.catch(catch, one_line));
        }
        group(concat(parts))
    }

    fn catch(&mut self, it: &'s Catch, one_line: bool) -> Doc<'s> {
        let name = it.name.as_ref().map_or_else(nil, |it| concat([self.name(&it.name), text(" ")]));
        let condition =
            it.condition.as_ref().map_or_else(nil, |it| concat([text("if "), self.head(it)]));
        let body = self.block_or_lines(&it.body, one_line);
        concat([text(" catch "), name, condition, body])
    }

    fn test_stmt(&mut self, it: &'s TestStmt) -> Doc<'s> {
        match it {
            TestStmt::At(time) => concat([text("at "), self.expr(time)]),
            TestStmt::Expect(condition) => concat([text("expect "), self.expr(condition)]),
            TestStmt::Stub { module, method, args, response } => {
                let method =
                    method.as_ref().map_or_else(nil, |it| concat([text("."), self.name(it)]));
                let module = concat([text("stub "), self.name(module), method]);
                let place = Place { head: false, guard: true };
                let outside = std::mem::replace(&mut self.place, place);
                let written: Vec<_> = args.iter().map(|it| self.expr(it)).collect();
                self.place = outside;
                let args = concat([text(" "), join(written, || text(" "))]);
                concat([module, args, text(" => "), self.expr(response)])
            }
        }
    }
}
