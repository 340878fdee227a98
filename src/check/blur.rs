//! What cannot be known of a value or a type whose text could not be read as a whole.
//!
//! The parser goes on behind a slip with what it has understood. That suffices to look for names, but not to say of what type a literal is of
//! which a part is missing: whatever is made of it would be told of, line by line, for one slip.

use super::checker::Checker;
use crate::diagnostics::{Diagnostic, Edit};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind};

impl Checker<'_> {
    /// Whether the type of a value is unsure: a slip in its lines is not one in a part that gives it no type.
    pub(super) fn is_blurred(&self, value: &Expr) -> bool {
        self.slips_in_lines(value.span).any(|at| !is_apart(value, at))
    }

    /// Whether something in the lines of a written type could not be read.
    pub(super) fn is_blurred_type(&self, span: Span) -> bool {
        self.slips_in_lines(span).next().is_some()
    }

    /// Where the lines of a place have slips that leave doubts about it.
    fn slips_in_lines(&self, span: Span) -> impl Iterator<Item = u32> {
        let file = self.world.project.files().get(self.file.0 as usize);
        let slips = file.map_or(&[][..], |it| &it.syntax).iter();
        let line = |offset: u32| self.source.position(offset).line;
        let slips = slips.filter(|it| !is_clear(it)).map(|it| it.span().start);
        slips.filter(move |it| (line(span.start)..=line(span.end)).contains(&line(*it)))
    }
}

/// Whether a slip leaves no doubt about what was meant: a comma is missing, or what opens a bracket in the one place that there is for it.
fn is_clear(slip: &Diagnostic) -> bool {
    let opens = |it: &Edit| matches!(it.text.trim(), "{" | "(" | "[");
    let is_opened = slip.fixes.iter().any(|it| it.edits.iter().all(opens));
    slip.code == "missing-comma" || slip.code == "unmatched-bracket" && is_opened
}

/// Whether a slip stands in a part of a value whose type does not follow from that part, or would be unknown by itself: between the brackets
/// of a call, in a block.
fn is_apart(value: &Expr, at: u32) -> bool {
    let holds = |span: Span| span.start < at && at < span.end;
    match &value.kind {
        ExprKind::Call(call) => {
            at == call.args_span.start || holds(call.args_span) || is_apart(&call.callee, at)
        }
        ExprKind::Field(field) => is_apart(&field.base, at),
        ExprKind::As(..)
        | ExprKind::Block(_)
        | ExprKind::Closure(_)
        | ExprKind::If(_)
        | ExprKind::Match(_) => holds(value.span),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::finds;

    #[test]
    fn a_literal_with_a_slip_in_it_has_no_type() {
        finds(
            "let a = [[1, 2]\nlet b = a\nprint(b + 1)\nprint(b.x)\n",
            &["unclosed-bracket at `[`"],
        );
    }

    #[test]
    fn what_a_call_gives_is_known_whatever_it_is_given() {
        finds(
            "let a = \"x\".repeat(3 4)\nlet b = [1]\nlet c = b.map(x => x + + 1).count()\nlet d = c\nprint(d.x)\nprint(a)\n",
            &["missing-comma at ``", "misplaced at `+`", "unknown-field at `x`"],
        );
    }

    #[test]
    fn a_type_with_a_slip_in_it_may_be_any() {
        finds(
            "type S = \"open\" | \"paid\" ( \"late\"\nfn f(s: S) { print(s) }\n\nf(\"late\")\n",
            &["unclosed-bracket at `(`"],
        );
    }
}
