//! Operators.

use super::Lower;
use crate::check::report::queries as say;
use crate::check::types::Type;
use crate::sql::{self, Kind, Op};
use crate::syntax::tree::{Binary, BinaryOp, Expr, ExprKind};

impl<'p> Lower<'_, 'p> {
    pub(super) fn binary(&mut self, expr: &'p Expr, it: &'p Binary) -> Option<sql::Expr> {
        match it.op {
            BinaryOp::Equal | BinaryOp::NotEqual => self.equality(expr, it),
            BinaryOp::In => self.contained(expr, it),
            BinaryOp::Default => {
                let (left, right) = (self.expr(&it.left)?, self.expr(&it.right)?);
                if left.kind == Kind::Json {
                    return self.refuse(expr);
                }
                let right = self.fit(expr, right, left.kind)?;
                self.apply(expr, Op::Coalesce, vec![left, right])
            }
            BinaryOp::And => self.simple(expr, it, Op::And),
            BinaryOp::Or => self.simple(expr, it, Op::Or),
            BinaryOp::Less => self.simple(expr, it, Op::Less),
            BinaryOp::LessEqual => self.simple(expr, it, Op::LessEqual),
            BinaryOp::Greater => self.simple(expr, it, Op::Greater),
            BinaryOp::GreaterEqual => self.simple(expr, it, Op::GreaterEqual),
            BinaryOp::Add => self.arithmetic(expr, it, Op::Add),
            BinaryOp::Subtract => self.arithmetic(expr, it, Op::Subtract),
            BinaryOp::Multiply => self.arithmetic(expr, it, Op::Multiply),
            BinaryOp::Divide => self.arithmetic(expr, it, Op::Divide),
            BinaryOp::IntDivide => self.arithmetic(expr, it, Op::IntDivide),
            BinaryOp::Remainder => self.arithmetic(expr, it, Op::Remainder),
        }
    }

    fn simple(&mut self, expr: &'p Expr, it: &'p Binary, op: Op) -> Option<sql::Expr> {
        let (left, right) = (self.expr(&it.left)?, self.expr(&it.right)?);
        self.apply(expr, op, vec![left, right])
    }

    fn equality(&mut self, expr: &'p Expr, it: &'p Binary) -> Option<sql::Expr> {
        for (side, other) in [(&it.left, &it.right), (&it.right, &it.left)] {
            if matches!(other.kind, ExprKind::Null) {
                let op = if it.op == BinaryOp::Equal { Op::IsNull } else { Op::IsNotNull };
                let value = self.presence(side)?;
                return self.apply(expr, op, vec![value]);
            }
        }
        let (left, right) = (self.expr(&it.left)?, self.expr(&it.right)?);
        if left.kind == Kind::Json || right.kind == Kind::Json {
            return self.fail(say::json_in_sql(expr.span, self.checker.source));
        }
        let op = if it.op == BinaryOp::Equal { Op::Equal } else { Op::NotEqual };
        self.apply(expr, op, vec![left, right])
    }

    /// What is null where a value, or a whole row, is missing.
    fn presence(&mut self, side: &'p Expr) -> Option<sql::Expr> {
        let row = self.place(side).filter(|(_, shape)| !matches!(shape, sql::RowShape::Column(_)));
        let witness = row.map(|(var, shape)| match shape {
            sql::RowShape::OptionalRecord(witness, _) => var.column(*witness),
            _ => var.column(var.witness),
        });
        match witness {
            Some(column) => column.map(|it| sql::Expr { nullable: true, ..it }),
            None => self.expr(side),
        }
    }

    /// `a in xs`, `s in t`, `n in 1..10`
    fn contained(&mut self, expr: &'p Expr, it: &'p Binary) -> Option<sql::Expr> {
        if let ExprKind::Range(range) = &it.right.kind {
            let (Some(from), Some(to)) = (&range.from, &range.to) else { return self.refuse(expr) };
            let (value, again) = (self.expr(&it.left)?, self.expr(&it.left)?);
            let (from, to) = (self.expr(from)?, self.expr(to)?);
            let below = if range.inclusive { Op::LessEqual } else { Op::Less };
            let from = self.apply(expr, Op::GreaterEqual, vec![value, from])?;
            let to = self.apply(expr, below, vec![again, to])?;
            return self.apply(expr, Op::And, vec![from, to]);
        }
        match self.final_type(&it.right) {
            Type::List(item) => self.in_list(expr, it, &item),
            Type::Text | Type::Union(_) => {
                let (part, text) = (self.expr(&it.left)?, self.expr(&it.right)?);
                self.apply(expr, Op::Contains, vec![text, part])
            }
            _ => self.refuse(expr),
        }
    }

    fn in_list(&mut self, expr: &'p Expr, it: &'p Binary, item: &Type) -> Option<sql::Expr> {
        if !self.mentions_rows(&it.right) {
            let value = self.expr(&it.left)?;
            let list = self.bound_list(&it.right, item)?;
            return self.apply(expr, Op::InList, vec![value, list]);
        }
        let ExprKind::List(items) = &it.right.kind else { return self.refuse(expr) };
        let mut any: Option<sql::Expr> = None;
        for item in items {
            let (value, item) = (self.expr(&it.left)?, self.expr(item)?);
            let item = self.fit(expr, item, value.kind)?;
            let same = self.apply(expr, Op::Equal, vec![value, item])?;
            any = Some(match any {
                Some(before) => self.apply(expr, Op::Or, vec![before, same])?,
                None => same,
            });
        }
        any.or_else(|| self.refuse(expr))
    }

    /// A list as one parameter.
    pub(super) fn bound_list(&mut self, list: &'p Expr, item: &Type) -> Option<sql::Expr> {
        let (kind, nullable) = self.kind(list, item)?;
        if kind == Kind::Json {
            return self.refuse(list);
        }
        Some(self.bound(list, kind, nullable))
    }

    fn arithmetic(&mut self, expr: &'p Expr, it: &'p Binary, op: Op) -> Option<sql::Expr> {
        let (left, right) = (self.expr(&it.left)?, self.expr(&it.right)?);
        let op = match (op, left.kind, right.kind) {
            (Op::Add, Kind::Text, Kind::Text) => Op::Concat,
            (Op::Multiply, Kind::Duration, Kind::Int)
            | (Op::Multiply, Kind::Int, Kind::Duration) => op,
            (Op::Multiply | Op::Divide, Kind::Duration, _) | (Op::Multiply, _, Kind::Duration) => {
                return self.refuse(expr);
            }
            _ => op,
        };
        self.apply(expr, op, vec![left, right])
    }
}
