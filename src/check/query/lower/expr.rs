//! Expressions that a database evaluates.

use super::Lower;
use crate::check::report::queries as say;
use crate::check::types::Type;
use crate::sql::{self, Kind, Node, Op, RowShape};
use crate::syntax::tree::{Block, Expr, ExprKind, If, Range, StmtKind, Text, TextPart, UnaryOp};

impl<'p> Lower<'_, 'p> {
    /// An expression, widened as its place wants it.
    pub(in crate::check::query) fn expr(&mut self, expr: &'p Expr) -> Option<sql::Expr> {
        let written = self.written(expr);
        if let Some((_, key)) = self.keys.iter().find(|(it, _)| *it == written) {
            return Some(key.clone());
        }
        if !self.mentions_rows(expr) {
            return self.param(expr);
        }
        let value = self.of_row(expr)?;
        match self.checker.tables.coercions.get(&expr.id) {
            Some(wanted) => {
                let (kind, nullable) = self.kind(expr, wanted)?;
                self.fit(expr, value, kind).map(|it| sql::Expr { nullable, ..it })
            }
            None => Some(value),
        }
    }

    /// A value that is the same for all rows: computed first and bound.
    fn param(&mut self, expr: &'p Expr) -> Option<sql::Expr> {
        let ty = self.final_type(expr);
        if let Type::Null = ty {
            return Some(sql::Expr { node: Node::Null, kind: Kind::Text, nullable: true });
        }
        let (kind, nullable) = self.kind(expr, &ty)?;
        Some(self.bound(expr, kind, nullable))
    }

    /// A parameter with the expression's value.
    pub(super) fn bound(&mut self, expr: &'p Expr, kind: Kind, nullable: bool) -> sql::Expr {
        let number = u32::try_from(self.params.len()).unwrap_or(u32::MAX);
        self.params.push(expr.id);
        sql::Expr { node: Node::Param(number), kind, nullable }
    }

    /// The type of an expression's value where it stands.
    pub(super) fn final_type(&self, expr: &Expr) -> Type {
        let widened = self.checker.tables.coercions.get(&expr.id);
        self.checker.open(widened.unwrap_or_else(|| self.checker.type_of(expr.id)))
    }

    /// How values of a type are stored, and whether null is among them.
    pub(super) fn kind(&mut self, expr: &Expr, ty: &Type) -> Option<(Kind, bool)> {
        match self.checker.stored(ty) {
            Some(stored) => Some(stored),
            None if ty.is_error() || ty.is_never() => None,
            None => self.fail(say::not_in_sql(expr.span, self.checker.source)),
        }
    }

    /// An operator or function whose result has the type that the checker found.
    pub(super) fn apply(&mut self, expr: &Expr, op: Op, args: Vec<sql::Expr>) -> Option<sql::Expr> {
        let ty = self.checker.type_of(expr.id).clone();
        let (kind, nullable) = self.kind(expr, &ty)?;
        Some(sql::Expr { node: Node::Apply(op, args), kind, nullable })
    }

    /// A value of another kind of number; any other value as it is.
    pub(super) fn fit(&mut self, expr: &Expr, value: sql::Expr, kind: Kind) -> Option<sql::Expr> {
        let op = match (value.kind, kind) {
            (from, to) if from == to => return Some(value),
            (Kind::Int, Kind::Decimal) => Op::ToDecimal,
            (Kind::Int | Kind::Decimal, Kind::Float) => Op::ToFloat,
            _ => return self.fail(say::not_in_sql(expr.span, self.checker.source)),
        };
        let nullable = value.nullable;
        Some(sql::Expr { node: Node::Apply(op, vec![value]), kind, nullable })
    }

    pub(super) fn refuse<T>(&mut self, expr: &Expr) -> Option<T> {
        self.fail(say::not_in_sql(expr.span, self.checker.source))
    }

    /// An expression that depends on a row or a group, not yet widened.
    fn of_row(&mut self, expr: &'p Expr) -> Option<sql::Expr> {
        if let Some((var, shape)) = self.place(expr) {
            return match shape {
                RowShape::Column(at) => {
                    let column = var.column(*at)?;
                    if column.kind == Kind::Json || var.columns[*at as usize].gathered {
                        return self.json_column(expr, column);
                    }
                    let nullable = self.may_be_null(expr);
                    Some(sql::Expr { nullable, ..column })
                }
                _ => self.fail(say::whole_row(expr.span, self.checker.source)),
            };
        }
        match &expr.kind {
            ExprKind::Unary(UnaryOp::Not, inner) => {
                let inner = self.expr(inner)?;
                self.apply(expr, Op::Not, vec![inner])
            }
            ExprKind::Unary(UnaryOp::Negate, inner) => {
                let inner = self.expr(inner)?;
                self.apply(expr, Op::Negate, vec![inner])
            }
            ExprKind::Binary(it) => self.binary(expr, it),
            ExprKind::Call(call) => self.call(expr, call),
            ExprKind::Index(base, index) => match &index.kind {
                ExprKind::Range(range) => self.slice(expr, base, range),
                _ => self.refuse(expr),
            },
            ExprKind::If(it) => self.if_else(expr, it),
            ExprKind::Text(text) => self.joined_text(expr, text),
            ExprKind::Block(block) => {
                let value = self.only_value(expr, block)?;
                self.expr(value)
            }
            _ => self.refuse(expr),
        }
    }

    /// JSON can be selected and compared with null, and nothing else.
    fn json_column(&mut self, _expr: &Expr, column: sql::Expr) -> Option<sql::Expr> {
        Some(sql::Expr { nullable: true, ..column })
    }

    fn may_be_null(&self, expr: &Expr) -> bool {
        matches!(self.checker.open(self.checker.type_of(expr.id)), Type::Optional(_) | Type::Json)
    }

    /// `t[a..b]`
    fn slice(&mut self, expr: &'p Expr, base: &'p Expr, range: &'p Range) -> Option<sql::Expr> {
        let text = self.expr(base)?;
        if text.kind != Kind::Text || (range.inclusive && range.to.is_some()) {
            return self.refuse(expr);
        }
        let zero = sql::Expr { node: Node::Int(0), kind: Kind::Int, nullable: false };
        let end = sql::Expr { node: Node::Null, kind: Kind::Int, nullable: true };
        let from = range.from.as_ref().map_or(Some(zero), |it| self.expr(it))?;
        let to = range.to.as_ref().map_or(Some(end), |it| self.expr(it))?;
        self.apply(expr, Op::Slice, vec![text, from, to])
    }

    fn if_else(&mut self, expr: &'p Expr, it: &'p If) -> Option<sql::Expr> {
        let condition = self.expr(&it.condition)?;
        let then = self.only_value(expr, &it.then)?;
        let Some(otherwise) = &it.otherwise else { return self.refuse(expr) };
        let (then, otherwise) = (self.expr(then)?, self.expr(otherwise)?);
        let (kind, _) = self.kind(expr, &self.checker.type_of(expr.id).clone())?;
        let (then, otherwise) = (self.fit(expr, then, kind)?, self.fit(expr, otherwise, kind)?);
        if kind == Kind::Json {
            return self.refuse(expr);
        }
        self.apply(expr, Op::IfElse, vec![condition, then, otherwise])
    }

    /// The value of a block that is nothing but one.
    fn only_value(&mut self, whole: &'p Expr, block: &'p Block) -> Option<&'p Expr> {
        match block.stmts.as_slice() {
            [only] => match &only.kind {
                StmtKind::Expr(value) => Some(value),
                _ => self.refuse(whole),
            },
            _ => self.refuse(whole),
        }
    }

    /// `"{o.street} {o.number}"`
    fn joined_text(&mut self, expr: &'p Expr, text: &'p Text) -> Option<sql::Expr> {
        let mut parts = Vec::with_capacity(text.parts.len());
        for part in &text.parts {
            parts.push(match part {
                TextPart::Literal(piece, _) => literal(piece),
                TextPart::Hole(hole) => {
                    let value = self.expr(hole)?;
                    let prints_alike =
                        matches!(value.kind, Kind::Text | Kind::Int | Kind::Decimal | Kind::Date);
                    if !prints_alike || value.nullable {
                        return self.fail(say::text_of_row(hole.span, self.checker.source));
                    }
                    value
                }
            });
        }
        self.apply(expr, Op::Concat, parts)
    }
}

/// A text that stands in the statement.
pub(super) fn literal(text: &str) -> sql::Expr {
    sql::Expr { node: Node::Text(text.to_owned()), kind: Kind::Text, nullable: false }
}
