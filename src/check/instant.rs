//! `@2026-03-29T09:00[Europe/Berlin]` and `@2026-03-29`: read once, here, for everybody.

use super::checker::Checker;
use super::report;
use super::types::Type;
use crate::schedule::{Literal, parse_literal};
use crate::syntax::tree::Expr;

impl Checker<'_> {
    pub(super) fn time(&mut self, expr: &Expr, written: &str) -> Type {
        self.literal_instant(expr, written);
        Type::Time
    }

    pub(super) fn date(&mut self, expr: &Expr, written: &str) -> Type {
        self.literal_instant(expr, written);
        Type::Date
    }

    fn literal_instant(&mut self, expr: &Expr, written: &str) {
        let value = match parse_literal(written) {
            Ok(Literal::Time(instant)) => instant.0,
            Ok(Literal::Date(date)) => i64::from(date.0),
            Err(error) => {
                self.report(report::literals::instant(expr.span, written, &error));
                0
            }
        };
        self.tables.instants.insert(expr.id, value);
    }
}
