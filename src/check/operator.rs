//! Operators: what they join, what that gives, and what a comparison tells about its sides.

use super::checker::{Checker, Want};
use super::expr::Place;
use super::facts::{Fact, Outcome};
use super::literal::plain_text;
use super::match_expr::is_number_literal;
use super::report;
use super::types::Type;
use crate::source::Span;
use crate::syntax::tree::{Binary, BinaryOp, Expr, ExprKind, Range, TextPart, UnaryOp};

impl<'p> Checker<'p> {
    pub(super) fn unary(
        &mut self,
        expr: &'p Expr,
        op: UnaryOp,
        inner: &'p Expr,
        want: Want<'_>,
    ) -> Type {
        match op {
            UnaryOp::Not => {
                self.condition(expr, "not");
                Type::Bool
            }
            UnaryOp::Negate => self.negate(inner, want),
        }
    }

    fn negate(&mut self, inner: &'p Expr, want: Want<'_>) -> Type {
        // The smallest integer has no positive counterpart, so it is looked at together with its minus.
        if let ExprKind::Int(value) = inner.kind
            && value == i64::MIN.unsigned_abs()
            && !matches!(want.ty(), Some(Type::Decimal | Type::Float))
        {
            return self.set_type(inner.id, Type::Int);
        }
        let found = self.expr(inner, want);
        match self.open(&found) {
            ty @ (Type::Int | Type::Decimal | Type::Float | Type::Duration | Type::Error) => ty,
            Type::Never => Type::Never,
            Type::Optional(_) => {
                let diagnostic = report::nulls::maybe_null(self, inner, &found);
                self.report(diagnostic);
                Type::Error
            }
            other => {
                self.report(report::operators::no_negative(inner.span, &other));
                Type::Error
            }
        }
    }

    pub(super) fn binary(&mut self, expr: &'p Expr, it: &'p Binary, want: Want<'_>) -> Type {
        match it.op {
            BinaryOp::And | BinaryOp::Or | BinaryOp::Equal | BinaryOp::NotEqual => {
                self.condition(expr, "this");
                Type::Bool
            }
            BinaryOp::Default => self.default(it, want),
            BinaryOp::In => self.contained(it),
            BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => {
                self.ordered(it)
            }
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::IntDivide
            | BinaryOp::Remainder => self.arithmetic(it, want),
        }
    }

    pub(super) fn and(&mut self, it: &'p Binary) -> Outcome {
        let (left, right) = (&it.left, &it.right);
        let mut first = self.condition(left, "and");
        let before = self.facts.clone();
        self.facts.learn_all(&first.when_true);
        let second = self.condition(right, "and");
        self.facts = before;
        self.lint_excluded(it);
        let when_false = common(&first.when_false, &second.when_false);
        first.when_true.extend(second.when_true);
        Outcome { when_true: first.when_true, when_false }
    }

    pub(super) fn or(&mut self, left: &'p Expr, right: &'p Expr) -> Outcome {
        let mut first = self.condition(left, "or");
        let before = self.facts.clone();
        self.facts.learn_all(&first.when_false);
        let second = self.condition(right, "or");
        self.facts = before;
        let when_true = common(&first.when_true, &second.when_true);
        first.when_false.extend(second.when_false);
        Outcome { when_true, when_false: first.when_false }
    }

    /// `a == b`: both sides need one type that holds them. What holds of `==` is told; `!=` turns it round.
    pub(super) fn equality(&mut self, expr: &'p Expr, it: &'p Binary) -> Outcome {
        let (left, right) = self.sides(it, Want::Value);
        if left.is_error() || right.is_error() {
            return Outcome::default();
        }
        if matches!(it.right.kind, ExprKind::Null) {
            return self.null_comparison(expr, it, &it.left, &left);
        }
        if matches!(it.left.kind, ExprKind::Null) {
            return self.null_comparison(expr, it, &it.right, &right);
        }
        if !self.sides_compare(it, &left, &right) {
            return Outcome::default();
        }
        self.lint_never_true(it, &left, &right);
        let mut when_true = Vec::new();
        if super::block::is_there(&right) {
            self.there(&it.left, &left, &mut when_true);
        }
        if super::block::is_there(&left) {
            self.there(&it.right, &right, &mut when_true);
        }
        Outcome { when_true, when_false: Vec::new() }
    }

    /// `x == null`
    fn null_comparison(
        &mut self,
        expr: &'p Expr,
        it: &'p Binary,
        side: &'p Expr,
        ty: &Type,
    ) -> Outcome {
        match self.open(ty) {
            Type::Optional(_) | Type::Json => {}
            Type::Null | Type::Never | Type::Error => return Outcome::default(),
            Type::Nothing => {
                self.report(report::types::nothing_used(side));
                return Outcome::default();
            }
            other => {
                if !self.is_narrowed(side) {
                    self.report(report::nulls::never_null(self, expr.span, side, it.op, &other));
                }
                return Outcome::default();
            }
        }
        let mut when_false = Vec::new();
        self.there(side, ty, &mut when_false);
        Outcome { when_true: Vec::new(), when_false }
    }

    /// The facts that follow from an expression not being null: it is there, and so is what its `?.` went through.
    pub(super) fn there(&self, expr: &Expr, ty: &Type, facts: &mut Vec<Fact>) {
        if let Type::Optional(inner) = ty
            && let Some(place) = self.place(expr)
        {
            facts.push(Fact { place, ty: (**inner).clone() });
        }
        let base = match &expr.kind {
            ExprKind::Field(field) if field.optional => &field.base,
            ExprKind::Call(call) => match &call.callee.kind {
                ExprKind::Field(field) if field.optional => &field.base,
                _ => return,
            },
            _ => return,
        };
        let base_type = self.type_of(base.id).clone();
        self.there(base, &base_type, facts);
    }

    /// Checks both sides of an operator so that a literal takes the type of the side that is none.
    fn sides(&mut self, it: &'p Binary, want: Want<'_>) -> (Type, Type) {
        if takes_other_side(&it.left) && !takes_other_side(&it.right) {
            let right = self.expr(&it.right, want);
            let hint = literal_hint(&right, want);
            let left = self.expr(&it.left, hint.as_ref().map_or(Want::Value, Want::Type));
            return (left, right);
        }
        let left = self.expr(&it.left, want);
        let right = if takes_other_side(&it.right) {
            let hint = literal_hint(&left, want);
            self.expr(&it.right, hint.as_ref().map_or(Want::Value, Want::Type))
        } else {
            self.expr(&it.right, want)
        };
        (left, right)
    }

    /// Whether `==` may compare two types; widens the sides to what holds both.
    fn sides_compare(&mut self, it: &'p Binary, left: &Type, right: &Type) -> bool {
        let has = |ty: &Type, refused: fn(&Type) -> bool| ty.has_part(&mut |part| refused(part));
        for (side, ty) in [(&it.left, left), (&it.right, right)] {
            if has(ty, |part| matches!(part, Type::Secret)) {
                self.report(report::operators::secret_compared(side.span));
                return false;
            }
            if has(ty, |part| matches!(part, Type::Fn(_) | Type::Nothing)) {
                self.report(report::operators::not_comparable(self, Sides::from(it), left, right));
                return false;
            }
        }
        if is_decimal_and_float(left, right) {
            self.report(report::operators::mixed_numbers(self, Sides::from(it), left, right));
            return false;
        }
        match self.join(left, right) {
            Some(both) => {
                self.widen(&it.left, left, &both);
                self.widen(&it.right, right, &both);
                true
            }
            None => {
                self.report(report::operators::not_comparable(self, Sides::from(it), left, right));
                false
            }
        }
    }

    /// A choice of texts compared with a text that is not among them.
    fn lint_never_true(&mut self, it: &'p Binary, left: &Type, right: &Type) {
        for (side, ty, literal) in [(&it.left, left, &it.right), (&it.right, right, &it.left)] {
            if let (ExprKind::Text(text), Type::Union(members)) = (&literal.kind, ty.without_null())
                && text.parts.iter().all(|part| matches!(part, TextPart::Literal(..)))
            {
                let written = plain_text(text);
                if !members.contains(&written) {
                    let name = self.source.slice(side.span);
                    let span = literal.span;
                    self.report(report::types::never_true(span, &written, members, Some(name)));
                }
            }
        }
        if let (Type::Union(a), Type::Union(b)) = (left.without_null(), right.without_null())
            && a.iter().all(|text| !b.contains(text))
        {
            self.report(report::types::never_equal(it.op_span, left, right));
        }
    }

    /// `a < b`
    fn ordered(&mut self, it: &'p Binary) -> Type {
        let (left, right) = self.sides(it, Want::Value);
        if self.refuse_null(&it.left, &left) || self.refuse_null(&it.right, &right) {
            return Type::Bool;
        }
        if is_decimal_and_float(&left, &right) {
            self.report(report::operators::mixed_numbers(self, Sides::from(it), &left, &right));
            return Type::Bool;
        }
        match self.join(&left, &right) {
            Some(both) if both.is_ordered() => {
                self.widen(&it.left, &left, &both);
                self.widen(&it.right, &right, &both);
            }
            _ if silent(&left) || silent(&right) => {}
            _ => {
                self.report(report::operators::not_comparable(
                    self,
                    Sides::from(it),
                    &left,
                    &right,
                ));
            }
        }
        Type::Bool
    }

    /// Reports a side that may be missing.
    fn refuse_null(&mut self, side: &'p Expr, ty: &Type) -> bool {
        match self.open(ty) {
            Type::Optional(_) => {
                let diagnostic = report::nulls::maybe_null(self, side, ty);
                self.report(diagnostic);
                true
            }
            Type::Null => {
                self.report(report::nulls::always_null(side.span));
                true
            }
            Type::Nothing => {
                self.report(report::types::nothing_used(side));
                true
            }
            _ => false,
        }
    }

    /// `a in b`
    fn contained(&mut self, it: &'p Binary) -> Type {
        let right = self.expr(&it.right, Want::Value);
        if self.refuse_null(&it.right, &right) {
            self.expr(&it.left, Want::Value);
            return Type::Bool;
        }
        match self.open(&right) {
            Type::List(item) => self.contained_in_list(it, &item),
            Type::Map(entry) => {
                self.check(&it.left, &entry.0, Place::Index("map"));
            }
            Type::Text | Type::Union(_) => {
                self.check(&it.left, &Type::Text, Place::Operand("in"));
            }
            Type::Error | Type::Never => {
                self.expr(&it.left, Want::Value);
            }
            other => {
                self.expr(&it.left, Want::Value);
                self.report(report::operators::nothing_in(it.right.span, &other));
            }
        }
        Type::Bool
    }

    fn contained_in_list(&mut self, it: &'p Binary, item: &Type) {
        let left = self.expr(&it.left, Want::Type(item));
        match self.join(&left, item) {
            Some(both) => {
                self.widen(&it.left, &left, &both);
                let list = self.type_of(it.right.id).clone();
                self.widen(&it.right, &list, &Type::list(both));
            }
            None => {
                let diagnostic =
                    report::types::wrong_type(self, &it.left, &left, item, Place::Operand("in"));
                self.report(diagnostic);
            }
        }
    }

    /// `a ?? b`
    fn default(&mut self, it: &'p Binary, want: Want<'_>) -> Type {
        let wanted = want.ty().filter(|ty| !ty.is_error()).cloned();
        let left_want = wanted.clone().map(Type::optional);
        let left = self.expr(&it.left, left_want.as_ref().map_or(Want::Value, Want::Type));
        let inner = match self.open(&left) {
            Type::Optional(inner) => (*inner).clone(),
            Type::Json => Type::Json,
            Type::Null => Type::Never,
            Type::Error => {
                self.expr(&it.right, want);
                return Type::Error;
            }
            Type::Nothing => {
                self.report(report::types::nothing_used(&it.left));
                self.expr(&it.right, want);
                return Type::Error;
            }
            other => {
                if !self.is_narrowed(&it.left) && !other.is_never() {
                    self.report(report::nulls::needless_default(it));
                }
                other
            }
        };
        let hint = if inner.is_never() { want } else { Want::Type(&inner) };
        let right = self.expr(&it.right, hint);
        let Some(both) = self.join(&inner, &right) else {
            let place = Place::Operand("??");
            let diagnostic = report::types::wrong_type(self, &it.right, &right, &inner, place);
            self.report(diagnostic);
            return inner;
        };
        if right == Type::Nothing {
            self.report(report::types::nothing_used(&it.right));
            return inner;
        }
        self.widen(&it.right, &right, &both);
        // The left side is widened as what it may be: `int?` to `decimal?`.
        self.widen(&it.left, &left, &Type::optional(both.clone()));
        both
    }

    /// `a..b`
    pub(super) fn range(&mut self, range: &'p Range) -> Type {
        for end in [&range.from, &range.to].into_iter().flatten() {
            self.check(end, &Type::Int, Place::Word("a range"));
        }
        Type::list(Type::Int)
    }

    /// `+ - * / div %`
    fn arithmetic(&mut self, it: &'p Binary, want: Want<'_>) -> Type {
        let is_whole = matches!(it.op, BinaryOp::IntDivide | BinaryOp::Remainder);
        let number = want.ty().map(Type::without_null).filter(|ty| ty.is_number() && !is_whole);
        let want = number.map_or(Want::Value, Want::Type);
        let (left, right) = self.sides(it, want);
        let (result, widened) = self.arithmetic_of(Sides::from(it), &left, &right);
        if let Some(both) = widened {
            self.widen(&it.left, &left, &both);
            self.widen(&it.right, &right, &both);
        }
        result
    }

    /// The type of an arithmetic operator's result, and what both sides are widened to first where that is one type.
    /// Reports sides that it does not join.
    pub(super) fn arithmetic_of(
        &mut self,
        it: Sides<'p>,
        left: &Type,
        right: &Type,
    ) -> (Type, Option<Type>) {
        if silent(left) || silent(right) {
            let is_never = left.is_never() || right.is_never();
            return (if is_never { Type::Never } else { Type::Error }, None);
        }
        if self.refuse_null(it.left, left) || self.refuse_null(it.right, right) {
            return (Type::Error, None);
        }
        let (left, right) = (self.open(left), self.open(right));
        if let Some(Joined { sides, result }) = joined(it.op, &left, &right) {
            return (result, sides);
        }
        self.report(if is_decimal_and_float(&left, &right) {
            report::operators::mixed_numbers(self, it, &left, &right)
        } else {
            report::operators::no_operator(self, it, &left, &right)
        });
        (Type::Error, None)
    }
}

/// An operator with what stands on its sides.
#[derive(Clone, Copy)]
pub(super) struct Sides<'p> {
    pub(super) op: BinaryOp,
    pub(super) op_span: Span,
    pub(super) left: &'p Expr,
    pub(super) right: &'p Expr,
}

impl<'p> From<&'p Binary> for Sides<'p> {
    fn from(it: &'p Binary) -> Self {
        Self { op: it.op, op_span: it.op_span, left: &it.left, right: &it.right }
    }
}

/// What an arithmetic operator makes of two types.
struct Joined {
    /// What both sides are widened to, where that is one type.
    sides: Option<Type>,
    result: Type,
}

/// The table of arithmetic.
fn joined(op: BinaryOp, left: &Type, right: &Type) -> Option<Joined> {
    use Type::{Decimal, Duration, Float, Int, Time};
    let plain = |result: Type| Some(Joined { sides: None, result });
    if left.is_number() && right.is_number() {
        return numbers(op, left, right);
    }
    match (op, left, right) {
        (BinaryOp::Add, left, right) if left.is_text() && right.is_text() => plain(Type::Text),
        (BinaryOp::Add | BinaryOp::Subtract, Time, Duration) => plain(Time),
        (BinaryOp::Add, Duration, Time) => plain(Time),
        (BinaryOp::Subtract, Time, Time) => plain(Duration),
        (BinaryOp::Add | BinaryOp::Subtract, Duration, Duration) => plain(Duration),
        (BinaryOp::Multiply | BinaryOp::Divide, Duration, Int | Decimal | Float) => plain(Duration),
        (BinaryOp::Multiply, Int | Decimal | Float, Duration) => plain(Duration),
        (BinaryOp::Divide, Duration, Duration) => plain(Decimal),
        (BinaryOp::Remainder, Duration, Duration) => plain(Duration),
        _ => None,
    }
}

fn numbers(op: BinaryOp, left: &Type, right: &Type) -> Option<Joined> {
    let sides = match (left, right) {
        (a, b) if a == b => a.clone(),
        (Type::Int, other) | (other, Type::Int) => other.clone(),
        _ => return None,
    };
    let result = match (op, &sides) {
        (BinaryOp::Divide, Type::Int) => Type::Decimal,
        (BinaryOp::IntDivide, Type::Int) => Type::Int,
        (BinaryOp::IntDivide, _) => return None,
        (_, sides) => sides.clone(),
    };
    // `/` of two ints has an instruction of its own and needs no widening first.
    Some(Joined { sides: Some(sides), result })
}

/// What is said about one of two ways only is not known where they meet.
fn common(a: &[Fact], b: &[Fact]) -> Vec<Fact> {
    a.iter().filter(|fact| b.contains(fact)).cloned().collect()
}

fn silent(ty: &Type) -> bool {
    matches!(ty, Type::Error | Type::Never)
}

pub(super) fn is_decimal_and_float(left: &Type, right: &Type) -> bool {
    let pair = (left.without_null(), right.without_null());
    matches!(pair, (Type::Decimal, Type::Float) | (Type::Float, Type::Decimal))
}

/// Whether an expression is made of literals that take the type of what they stand beside.
fn takes_other_side(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Text(text) => text.parts.iter().all(|part| matches!(part, TextPart::Literal(..))),
        ExprKind::Binary(it) => {
            let is_arithmetic = matches!(
                it.op,
                BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide
            );
            is_arithmetic && is_number_literal(&it.left) && is_number_literal(&it.right)
        }
        ExprKind::Null => true,
        _ => is_number_literal(expr),
    }
}

/// What a literal should be beside a value of some type.
fn literal_hint(other: &Type, want: Want<'_>) -> Option<Type> {
    match other.without_null() {
        // Beside an `int`, a fraction is what the place wants, and an integer stays one.
        Type::Int => want.ty().cloned(),
        number @ (Type::Decimal | Type::Float) => Some(number.clone()),
        // Text that is not one of the choice is a comparison that never holds, not a wrong type.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine, type_of_last};

    #[test]
    fn numbers_widen_and_divide_without_surprise() {
        assert_eq!(type_of_last("let x = 7 / 2"), "decimal");
        assert_eq!(type_of_last("let x = 7 div 2"), "int");
        assert_eq!(type_of_last("let x = 1 + 2.5"), "decimal");
        assert_eq!(type_of_last("let x = 1 + 2e0"), "float");
        assert_eq!(type_of_last("let n = 3\nlet x = n * 0.5"), "decimal");
        assert_eq!(type_of_last("let f = 2e0\nlet x = f * 0.5"), "float");
        assert_eq!(type_of_last("let f = 2e0\nlet x = 3 * f - 1"), "float");
        assert_eq!(type_of_last("let n = 3\nlet x: float = n * 0.5"), "float");
        assert_eq!(type_of_last("let n = 3\nlet x: decimal = n div 2"), "decimal");
    }

    #[test]
    fn decimal_and_float_do_not_mix() {
        finds("let d = 1.5\nlet f = 2e0\nprint(d + f)", &["mixed-numbers at `+`"]);
        finds("let d = 1.5\nprint(d * 1e0)", &["mixed-numbers at `*`"]);
        finds("let d = 1.5\nlet f = 2e0\nprint(d < f)", &["mixed-numbers at `<`"]);
        finds("let d = 1.5\nlet f = 2e0\nprint(d == f)", &["mixed-numbers at `==`"]);
    }

    #[test]
    fn times_and_durations() {
        assert_eq!(type_of_last("let x = now() - 30d"), "time");
        assert_eq!(type_of_last("let x = now() - now()"), "duration");
        assert_eq!(type_of_last("let x = 2 * 1h + 3m * 0.5"), "duration");
        assert_eq!(type_of_last("let x = 1h / 3m"), "decimal");
        assert_eq!(type_of_last("let x = -1h"), "duration");
        finds("print(now() - 30)", &["no-operator at `-`"]);
        finds("print(now() > 30)", &["not-comparable at `>`"]);
        finds("print(today() + 1d)", &["no-operator at `+`"]);
    }

    #[test]
    fn texts_are_joined_with_texts_only() {
        assert_eq!(type_of_last("let x = \"a\" + \"b\""), "text");
        finds("let total = 1.5\nprint(\"Total: \" + total)", &["no-operator at `+`"]);
        finds("print([1] + [2])", &["no-operator at `+`"]);
        finds("print(true + 1)", &["no-operator at `+`"]);
    }

    #[test]
    fn comparisons_need_one_type() {
        fine("let n: int? = null\nprint(n == 3)\nprint(1 == 1.0)\nprint(\"a\" < \"b\")");
        finds("print(1 == \"1\")", &["not-comparable at `==`"]);
        finds("print(true < false)", &["not-comparable at `<`"]);
        finds("print([1] < [2])", &["not-comparable at `<`"]);
        finds("print(secret.API_KEY == \"x\")", &["not-comparable at `secret.API_KEY`"]);
    }

    #[test]
    fn a_choice_of_texts_is_never_another_text() {
        let head = "fn s() -> \"open\" | \"paid\" { return \"open\" }\n";
        finds(&format!("{head}print(s() == \"Open\")"), &["never-true at `\"Open\"`"]);
        fine(&format!("{head}print(s() == \"open\")"));
    }

    #[test]
    fn containment() {
        fine(
            "print(1 in [1, 2])\nprint(\"a\" in [\"a\": 1])\nprint(\"a\" in \"abc\")\nprint(1 in 1..3)",
        );
        finds("print(\"1\" in [1, 2])", &["wrong-type at `\"1\"`"]);
        finds("print(1 in \"abc\")", &["wrong-type at `1`"]);
        finds("print(1 in 2)", &["no-operator at `2`"]);
    }

    #[test]
    fn defaults_take_the_question_mark_away() {
        assert_eq!(type_of_last("let n: int? = null\nlet x = n ?? 0"), "int");
        assert_eq!(type_of_last("fn f() -> int? { return null }\nlet x = f() ?? f()"), "int?");
        assert_eq!(type_of_last("fn f() -> int? { return null }\nlet x = f() ?? 1.5"), "decimal");
        assert_eq!(
            type_of_last("fn f() -> int? { return null }\nlet x = f() ?? fail \"none\""),
            "int"
        );
        finds("let n = 3\nprint(n ?? 0)", &["never-null at `n`"]);
        finds(
            "fn f() -> int? { return null }\nprint(f() ?? \"none\")",
            &["wrong-type at `\"none\"`"],
        );
    }

    #[test]
    fn conditions_are_truth_values() {
        finds("if 3 { print(1) }", &["wrong-type at `3`"]);
        finds("print(not \"a\")", &["wrong-type at `\"a\"`"]);
        finds("print(true and 1)", &["wrong-type at `1`"]);
        finds("let xs = [1]\nwhile xs { print(1) }", &["wrong-type at `xs`"]);
    }

    #[test]
    fn null_is_said_to_be_needless_where_it_is() {
        finds("let n = 3\nif n != null { print(n) }", &["never-null at `n`"]);
        fine("let j = json.parse<json>(\"null\")\nif j != null { print(j) }");
    }

    #[test]
    fn the_smallest_integer_has_no_positive_counterpart() {
        fine("print(-9223372036854775808)");
        finds("print(9223372036854775808)", &["int-too-large at `9223372036854775808`"]);
    }
}
