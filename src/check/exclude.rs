//! Comparisons of one value that exclude each other: `total > 3 and total < 2`.

use super::checker::Checker;
use super::report;
use super::types::Type;
use crate::source::Span;
use crate::syntax::tree::{Binary, BinaryOp, Expr, ExprKind, UnaryOp};

/// Numbers are compared in parts of this size; literals with more places are left alone.
const PLACES: u32 = 12;

/// How many comparisons of one `and` are looked at.
const COMPARED_MAX: usize = 16;

/// A comparison of a value with a number, as the range that it leaves.
struct Compared<'t> {
    /// What is compared, as it is written.
    what: &'t str,
    span: Span,
    /// The smallest and the largest number that it leaves, in parts.
    low: i128,
    high: i128,
}

impl Checker<'_> {
    /// Says where something on the right of an `and` can never hold together with something on its left.
    pub(super) fn lint_excluded(&mut self, it: &Binary) {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        self.compared(&it.left, &mut left);
        self.compared(&it.right, &mut right);
        let pairs = right.iter().flat_map(|b| left.iter().map(move |a| (a, b)));
        let excluded = pairs
            .filter(|(a, b)| a.what == b.what && a.low <= a.high && b.low <= b.high)
            .find(|(a, b)| a.low.max(b.low) > a.high.min(b.high))
            .map(|(a, b)| (a.span, b.span));
        if let Some((first, second)) = excluded {
            let texts = (self.source.slice(first), self.source.slice(second));
            self.report(report::types::excluded((first, texts.0), (second, texts.1), it.op_span));
        }
    }

    /// The comparisons that hold together where an expression holds.
    fn compared<'t>(&'t self, expr: &Expr, found: &mut Vec<Compared<'t>>) {
        let ExprKind::Binary(it) = &expr.kind else { return };
        if found.len() >= COMPARED_MAX {
            return;
        }
        if it.op == BinaryOp::And {
            self.compared(&it.left, found);
            self.compared(&it.right, found);
            return;
        }
        let sides = [(&it.left, &it.right, it.op), (&it.right, &it.left, it.op.turned())];
        let range =
            sides.into_iter().find_map(|(value, number, op)| self.range_left(value, number, op));
        found.extend(range.map(|(what, low, high)| Compared { what, span: expr.span, low, high }));
    }

    /// What a comparison leaves of a variable, or of a field of one.
    fn range_left(&self, value: &Expr, number: &Expr, op: BinaryOp) -> Option<(&str, i128, i128)> {
        if !is_path(value) {
            return None;
        }
        let least = match self.type_of(value.id) {
            Type::Int => 10_i128.pow(PLACES),
            Type::Decimal => 1,
            _ => return None,
        };
        let number = parts(number)?;
        let (low, high) = match op {
            BinaryOp::Equal => (number, number),
            BinaryOp::Less => (i128::MIN, number - least),
            BinaryOp::LessEqual => (i128::MIN, number),
            BinaryOp::Greater => (number + least, i128::MAX),
            BinaryOp::GreaterEqual => (number, i128::MAX),
            _ => return None,
        };
        Some((self.source.slice(value.span), low, high))
    }
}

/// Whether an expression gives the same value each time in one condition: a name, or fields of one.
fn is_path(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(_) => true,
        ExprKind::Field(it) => is_path(&it.base),
        _ => false,
    }
}

/// A number literal in parts of 10⁻¹².
fn parts(expr: &Expr) -> Option<i128> {
    match &expr.kind {
        ExprKind::Int(it) => Some(i128::from(*it) * 10_i128.pow(PLACES)),
        ExprKind::Decimal(it) => {
            let (whole, fraction) = it.split_once('.').unwrap_or((it, ""));
            let places = u32::try_from(fraction.len()).ok()?;
            let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
            digits.checked_mul(10_i128.pow(PLACES.checked_sub(places)?))
        }
        ExprKind::Unary(UnaryOp::Negate, inner) => parts(inner).map(|it| -it),
        _ => None,
    }
    .filter(|it| it.unsigned_abs() < u128::MAX / 4)
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine};

    const HEAD: &str =
        "fn n() -> int { return 3 }\nfn d() -> decimal { return 3.5 }\nlet a = n()\nlet b = d()\n";

    #[test]
    fn ranges_that_do_not_meet_are_told_of() {
        for (condition, second) in [
            ("a > 3 and a < 2", "a < 2"),
            ("a > 3 and a < 4", "a < 4"),
            ("a == 1 and a == 2", "a == 2"),
            ("a >= 10 and b > 0.0 and 5 > a", "5 > a"),
            ("b > 3.5 and b <= 3.5", "b <= 3.5"),
            ("b < -1.0 and b > 1.0", "b > 1.0"),
        ] {
            let text = format!("{HEAD}if {condition} {{ print(a) }}\nprint(b)\n");
            finds(&text, &[&format!("never-true at `{second}`")]);
        }
    }

    #[test]
    fn ranges_that_meet_are_fine() {
        for condition in
            ["a > 3 and a < 5", "b > 3.5 and b < 3.6", "a >= 3 and a <= 3", "a > 3 or a < 2"]
        {
            fine(&format!("{HEAD}if {condition} {{ print(a) }}\nprint(b)\n"));
        }
    }
}
