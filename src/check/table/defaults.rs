//! Defaults of columns: what is the same each time, and the few things that depend on the moment of the write.

use ecow::EcoString;

use crate::check::checker::Checker;
use crate::check::literal::plain_text;
use crate::check::names::Found;
use crate::check::types::{DeclId, Type};
use crate::schedule::{self, parse_literal};
use crate::sql::schema::{Default, Literal};
use crate::syntax::tree::{Arg, BinaryOp, Call, Expr, ExprKind, Item, TextPart, UnaryOp};

/// How many constants may name each other.
const CONSTANTS_MAX: u32 = 32;

impl Checker<'_> {
    /// What a default comes to, as data; nothing where it would have to be computed. Types are compared elsewhere.
    pub(super) fn default_of(&self, expr: &Expr, ty: &Type) -> Option<Default> {
        let ty = self.open(ty.without_null());
        match &expr.kind {
            ExprKind::Call(call) => called(call),
            ExprKind::Binary(it) if ty == Type::Time => {
                let ExprKind::Duration(micros) = it.right.kind else { return None };
                let Default::Now(_) = self.default_of(&it.left, &ty)? else { return None };
                match it.op {
                    BinaryOp::Add => Some(Default::Now(micros)),
                    BinaryOp::Subtract => Some(Default::Now(micros.checked_neg()?)),
                    _ => None,
                }
            }
            _ => self.literal_of(expr, &ty, 0).map(Default::Value),
        }
    }

    fn literal_of(&self, expr: &Expr, ty: &Type, depth: u32) -> Option<Literal> {
        Some(match (&expr.kind, ty) {
            (ExprKind::Null, _) => Literal::Null,
            (ExprKind::Bool(it), Type::Bool) => Literal::Bool(*it),
            (ExprKind::Duration(it), Type::Duration) => Literal::Duration(*it),
            (ExprKind::Text(text), Type::Text | Type::Union(_)) => {
                let is_plain = text.parts.iter().all(|it| matches!(it, TextPart::Literal(..)));
                is_plain.then(|| Literal::Text(plain_text(text).to_string()))?
            }
            (ExprKind::Int(_) | ExprKind::Decimal(_) | ExprKind::Float(_), _) => {
                number(expr, ty, "")?
            }
            (ExprKind::Unary(UnaryOp::Negate, inner), Type::Duration) => match inner.kind {
                ExprKind::Duration(it) => Literal::Duration(it.checked_neg()?),
                _ => return None,
            },
            (ExprKind::Unary(UnaryOp::Negate, inner), _) => number(inner, ty, "-")?,
            (ExprKind::Time(written), Type::Time) => match parse_literal(written).ok()? {
                schedule::Literal::Time(instant) => Literal::Time(instant.0),
                schedule::Literal::Date(_) => return None,
            },
            (ExprKind::Date(written), Type::Date) => match parse_literal(written).ok()? {
                schedule::Literal::Date(date) => Literal::Date(date.0),
                schedule::Literal::Time(_) => return None,
            },
            (ExprKind::List(items), Type::List(_)) if items.is_empty() => {
                Literal::Json("[]".to_owned())
            }
            (ExprKind::Map(entries), Type::Map(_)) if entries.is_empty() => {
                Literal::Json("{}".to_owned())
            }
            (ExprKind::Name(name), _) if depth < CONSTANTS_MAX => {
                self.literal_of(self.written_constant(name)?, ty, depth + 1)?
            }
            _ => return None,
        })
    }

    /// The value of a constant, as it is written.
    fn written_constant(&self, name: &EcoString) -> Option<&Expr> {
        let found = self.file_scope()?.find(self.file, &self.world.scopes, name);
        let Found::Decl(DeclId { file, item }) = found else { return None };
        match self.world.project.file(file).tree.items.get(item as usize)? {
            Item::Const(it) => Some(&it.value),
            _ => None,
        }
    }
}

fn number(expr: &Expr, ty: &Type, sign: &str) -> Option<Literal> {
    let digits = match &expr.kind {
        ExprKind::Int(it) => it.to_string(),
        ExprKind::Decimal(digits) => digits.to_string(),
        ExprKind::Float(it) => it.to_string(),
        _ => return None,
    };
    let digits = format!("{sign}{digits}");
    match ty {
        Type::Int => digits.parse().ok().map(Literal::Int),
        Type::Decimal => Some(Literal::Decimal(digits)),
        Type::Float => digits.parse().ok().map(Literal::Float),
        _ => None,
    }
}

/// `now()`, `today(in: "…")`, `today().add_days(14)`, `uuid.v4()`
fn called(call: &Call) -> Option<Default> {
    match &call.callee.kind {
        ExprKind::Name(name) if name == "now" && call.args.is_empty() => Some(Default::Now(0)),
        ExprKind::Name(name) if name == "today" => {
            let zone = match call.args.as_slice() {
                [] => "UTC".to_owned(),
                [zone] => text_of(zone)?,
                _ => return None,
            };
            Some(Default::Today { zone, days: 0 })
        }
        ExprKind::Field(field) => match (&field.base.kind, field.name.text.as_str()) {
            (ExprKind::Name(module), "v4") if module == "uuid" => Some(Default::Uuid(4)),
            (ExprKind::Name(module), "v7") if module == "uuid" => Some(Default::Uuid(7)),
            (ExprKind::Call(inner), "add_days") => match (called(inner)?, call.args.as_slice()) {
                (Default::Today { zone, days: 0 }, [days]) => {
                    let Literal::Int(days) = days_of(&days.value)? else { return None };
                    Some(Default::Today { zone, days })
                }
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

fn days_of(expr: &Expr) -> Option<Literal> {
    match &expr.kind {
        ExprKind::Unary(UnaryOp::Negate, inner) => number(inner, &Type::Int, "-"),
        _ => number(expr, &Type::Int, ""),
    }
}

fn text_of(arg: &Arg) -> Option<String> {
    match &arg.value.kind {
        ExprKind::Text(text) if text.parts.iter().all(|it| matches!(it, TextPart::Literal(..))) => {
            Some(plain_text(text).to_string())
        }
        _ => None,
    }
}
