//! What is allowed and still a bad idea, as far as one expression or statement shows it.

mod sleep;
mod status;

use super::assigned::gives_value;
use super::checker::Checker;
use super::report;
use super::scope::Local;
use super::types::Type;
use crate::diagnostics::secrets::secrets;
use crate::sql::schema::snake_case;
use crate::syntax::tree::{Expr, ExprKind, Name, Text, TextPart};

impl Checker<'_> {
    /// A text that looks like a secret.
    pub(super) fn lint_text(&mut self, expr: &Expr, text: &Text) {
        let has_secret = text.parts.iter().any(|part| match part {
            TextPart::Literal(piece, _) => piece.len() >= 12 && !secrets(piece).is_empty(),
            TextPart::Hole(_) => false,
        });
        if has_secret {
            self.report(report::lints::secret_literal(expr.span));
        }
    }

    /// A variable that nobody reads. Said only where the body has no error that might be the reason.
    pub(super) fn note_unused(&mut self, local: &Local) {
        let said = if local.is_changed {
            report::lints::never_read(local.span, &local.name)
        } else {
            report::lints::unused_name(local.span, &local.name)
        };
        self.unused.push(said);
    }

    /// Ends a body: what is unused in it is said if nothing in it was too broken to tell.
    pub(super) fn end_body(&mut self) {
        let unused = std::mem::take(&mut self.unused);
        if !std::mem::take(&mut self.is_broken) {
            self.diagnostics.extend(unused);
        }
    }

    /// Takes note of something that could not be understood and may have been the use of anything.
    pub(super) fn saw_error(&mut self) {
        self.is_broken = true;
    }

    /// Whether what an expression statement gives is lost. Branches look after their own.
    pub(super) fn is_wasted(&self, expr: &Expr, ty: &Type) -> bool {
        gives_value(ty)
            && !matches!(
                expr.kind,
                ExprKind::If(_) | ExprKind::Match(_) | ExprKind::Block(_) | ExprKind::Try(_)
            )
    }

    /// Names are written in one way for each kind of thing.
    pub(super) fn lint_variable_name(&mut self, name: &Name) {
        if name.text.chars().any(char::is_uppercase) && !name.text.is_empty() {
            self.report(report::lints::name_style(
                name,
                "variables are `snake_case`",
                &snake_case(&name.text),
            ));
        }
    }

    /// Types and tables are `UpperCamel`.
    pub(super) fn lint_type_name(&mut self, name: &Name, kind: &str) {
        let is_camel = name.text.starts_with(char::is_uppercase) && !name.text.contains('_');
        if !is_camel && !name.text.is_empty() {
            let rule = format!("{kind} are `UpperCamel`");
            self.report(report::lints::name_style(name, &rule, &upper_camel(&name.text)));
        }
    }

    /// Functions are `snake_case`.
    pub(super) fn lint_function_name(&mut self, name: &Name) {
        if name.text.chars().any(char::is_uppercase) {
            self.report(report::lints::name_style(
                name,
                "functions are `snake_case`",
                &snake_case(&name.text),
            ));
        }
    }
}

/// `order_line` and `orderLine` as `OrderLine`.
fn upper_camel(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let mut chars = word.chars();
        let first = chars.next().into_iter().flat_map(char::to_uppercase);
        first.chain(chars).collect::<String>()
    };
    words.map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_rewritten_word_by_word() {
        assert_eq!(snake_case("orderTotal"), "order_total");
        assert_eq!(snake_case("OrderTotal2X"), "order_total2_x");
        assert_eq!(upper_camel("order_line"), "OrderLine");
        assert_eq!(upper_camel("orderLine"), "OrderLine");
    }
}
