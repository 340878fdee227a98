//! Expressions: which rule is whose, and how a value meets what its place wants.

use super::agree::Agreement;
use super::checker::{Checker, Want};
use super::facts::Outcome;
use super::report;
use super::types::Type;
use crate::syntax::tree::{BinaryOp, Expr, ExprKind, UnaryOp};

/// Why a place wants a type, for the message if it gets another.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    /// A parameter of a function, by their names; `self` for a receiver.
    Argument { function: &'a str, parameter: &'a str },
    /// A word of the language that something stands behind: `take`, `limit`, `if`.
    Word(&'a str),
    /// A variable or field that is given a value, with the place where its type is stated.
    Stated { name: &'a str, at: Option<crate::source::Span> },
    /// A field of a record.
    Field(&'a str),
    /// What a function gives back, with the place where it says so.
    Result(Option<crate::source::Span>),
    /// An index of a list or text, or a key of a map.
    Index(&'a str),
    /// One side of an operator.
    Operand(&'a str),
    /// An element of a list or map literal whose type is known.
    Element,
    /// Anything else; the message names the type only.
    Plain,
}

impl<'p> Checker<'p> {
    /// Finds the type of an expression. `want` guides literals, closures and type arguments; whoever has a wish that
    /// must be met calls [`Checker::check`] instead.
    pub(super) fn expr(&mut self, expr: &'p Expr, want: Want<'_>) -> Type {
        let ty = self.expr_kind(expr, want);
        self.set_type(expr.id, ty)
    }

    /// Checks that an expression agrees with a type and takes note of how its value is widened.
    pub(super) fn check(&mut self, expr: &'p Expr, wanted: &Type, place: Place<'_>) -> Type {
        let found = self.expr(expr, Want::Type(wanted));
        self.meet(expr, &found, wanted, place);
        found
    }

    /// Compares what was found for an expression with what its place wants.
    pub(super) fn meet(&mut self, expr: &'p Expr, found: &Type, wanted: &Type, place: Place<'_>) {
        match self.agree(found, wanted) {
            Agreement::Same => {}
            Agreement::Widened => {
                let destination = self.destination(found, wanted);
                self.tables.coercions.insert(expr.id, destination);
            }
            Agreement::Never => {
                let diagnostic = report::types::wrong_type(self, expr, found, wanted, place);
                self.report(diagnostic);
            }
        }
    }

    /// Takes note that an expression's value is widened to a type that it is known to agree with.
    pub(super) fn widen(&mut self, expr: &Expr, found: &Type, to: &Type) {
        if self.agree(found, to) == Agreement::Widened {
            self.tables.coercions.insert(expr.id, to.clone());
        }
    }

    fn expr_kind(&mut self, expr: &'p Expr, want: Want<'_>) -> Type {
        match &expr.kind {
            ExprKind::Error => {
                self.saw_error();
                Type::Error
            }
            ExprKind::Int(value) => self.int(expr, *value, want),
            ExprKind::Decimal(_) => fraction(want),
            ExprKind::Float(_) => Type::Float,
            ExprKind::Size(_) => Type::Int,
            ExprKind::Text(text) => self.text(expr, text, want),
            ExprKind::Duration(_) => Type::Duration,
            ExprKind::Time(written) => self.time(expr, written),
            ExprKind::Date(written) => self.date(expr, written),
            ExprKind::Bool(_) => Type::Bool,
            ExprKind::Null => Type::Null,
            ExprKind::Name(name) => self.name(expr, name),
            ExprKind::List(items) => self.list(items, want),
            ExprKind::Map(entries) => self.map(entries, want),
            ExprKind::Record(parts) => self.record(expr, parts, want),
            ExprKind::Unary(op, inner) => self.unary(expr, *op, inner, want),
            ExprKind::Binary(binary) => self.binary(expr, binary, want),
            ExprKind::Range(range) => self.range(range),
            ExprKind::Call(call) => self.call(expr, call, want),
            ExprKind::Field(field) => self.field(expr, field),
            ExprKind::Index(base, index) => self.index(expr, base, index),
            ExprKind::As(value, ty) => self.decode(value, ty),
            ExprKind::If(it) => self.if_expr(it, want),
            ExprKind::Match(it) => self.match_expr(expr, it, want),
            ExprKind::Block(block) => self.block(block, want),
            ExprKind::Closure(closure) => self.closure(expr, closure, want),
            ExprKind::Fail(value) => self.fail(value),
            ExprKind::Try(it) => self.try_expr(it, want),
            ExprKind::Return(value) => self.return_expr(expr, value.as_deref()),
            ExprKind::Break => self.leave_loop(expr, "break"),
            ExprKind::Continue => self.leave_loop(expr, "continue"),
            ExprKind::Query(query) => self.query(expr, query, want),
            ExprKind::Update(update) => self.update(expr, update),
            ExprKind::Delete(delete) => self.delete(expr, delete),
        }
    }

    /// Checks a condition and finds out what it tells about the places in it.
    pub(super) fn condition(&mut self, expr: &'p Expr, word: &str) -> Outcome {
        let (ty, outcome) = match &expr.kind {
            ExprKind::Unary(UnaryOp::Not, inner) => {
                (Type::Bool, self.condition(inner, "not").negated())
            }
            ExprKind::Binary(it) => match it.op {
                BinaryOp::And => (Type::Bool, self.and(it)),
                BinaryOp::Or => (Type::Bool, self.or(&it.left, &it.right)),
                BinaryOp::Equal => (Type::Bool, self.equality(expr, it)),
                BinaryOp::NotEqual => (Type::Bool, self.equality(expr, it).negated()),
                BinaryOp::Default
                | BinaryOp::Less
                | BinaryOp::LessEqual
                | BinaryOp::Greater
                | BinaryOp::GreaterEqual
                | BinaryOp::In
                | BinaryOp::Add
                | BinaryOp::Subtract
                | BinaryOp::Multiply
                | BinaryOp::Divide
                | BinaryOp::IntDivide
                | BinaryOp::Remainder => {
                    (self.expr_kind(expr, Want::Type(&Type::Bool)), Outcome::default())
                }
            },
            _ => (self.expr_kind(expr, Want::Type(&Type::Bool)), Outcome::default()),
        };
        self.set_type(expr.id, ty.clone());
        self.meet(expr, &ty, &Type::Bool, Place::Word(word));
        outcome
    }
}

/// `0.5` is a `float` where one is wanted and a `decimal` everywhere else.
fn fraction(want: Want<'_>) -> Type {
    match want.ty().map(Type::without_null) {
        Some(Type::Float) => Type::Float,
        _ => Type::Decimal,
    }
}
