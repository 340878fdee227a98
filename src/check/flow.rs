//! Statements that leave: `return` and `fail`; and those with a block that has rules of its own.

use super::checker::{Checker, Want};
use super::expr::Place;
use super::literal::plain_text;
use super::report;
use super::scope::{FrameKind, FrameResult};
use super::types::{FieldType, RecordType, Type};
use crate::source::Span;
use crate::syntax::tree::{Block, Expr, ExprKind, Name, RecordPart};

impl<'p> Checker<'p> {
    /// `return e`
    pub(super) fn return_expr(&mut self, expr: &Expr, value: Option<&'p Expr>) -> Type {
        let Some(frame) = self.scope.frame() else { return Type::Never };
        let result = frame.result.clone();
        let is_parallel = frame.kind == FrameKind::Parallel;
        match (result, value) {
            (FrameResult::Forbidden, _) => {
                value.map(|it| self.expr(it, Want::Value));
                if is_parallel {
                    self.report(report::flow::leaves_parallel(expr.span, "return"));
                } else {
                    self.report(report::flow::nothing_to_return_from(expr.span));
                }
            }
            (FrameResult::Nothing, Some(value)) => {
                let ty = self.expr(value, Want::Value);
                let in_fn = self.scope.body_kind() == Some(FrameKind::Fn);
                if !ty.is_error() {
                    self.report(report::flow::returns_nothing(value.span, &ty, in_fn));
                }
            }
            (FrameResult::Nothing, None) => {}
            (FrameResult::Stated(Type::Nothing, _), Some(value)) => {
                self.expr(value, Want::Nothing);
            }
            (FrameResult::Stated(ty, at), Some(value)) => {
                self.check(value, &ty, Place::Result(at));
            }
            (FrameResult::Stated(ty, at), None) => {
                if !matches!(ty, Type::Nothing | Type::Error) {
                    self.report(report::flow::empty_return(expr.span, &ty, at));
                }
            }
            (FrameResult::Inferred(_), Some(value)) => {
                let ty = self.expr(value, Want::Value);
                if let Some(frame) = self.scope.frame_mut()
                    && let FrameResult::Inferred(returned) = &mut frame.result
                {
                    returned.push((value, ty));
                }
            }
            (FrameResult::Inferred(_), None) => {}
        }
        Type::Never
    }

    /// `fail "…"`, `fail { code: "late", message: "…", data: … }`
    pub(super) fn fail(&mut self, value: &'p Expr) -> Type {
        if let ExprKind::Record(parts) = &value.kind {
            let wanted = failure_type();
            self.check(value, &wanted, Place::Word("fail"));
            self.check_code(parts);
            return Type::Never;
        }
        let found = self.expr(value, Want::Value);
        match self.open(&found) {
            Type::Text | Type::Union(_) | Type::Fault | Type::Error | Type::Never => {}
            Type::Record(_) => self.meet(value, &found, &failure_type(), Place::Word("fail")),
            _ => self.meet(value, &found, &Type::Text, Place::Word("fail")),
        }
        Type::Never
    }

    /// A code of one's own is written like the built-in ones.
    fn check_code(&mut self, parts: &[RecordPart]) {
        let code = parts.iter().find_map(|part| match part {
            RecordPart::Field(name, value) if name.text == "code" => Some(value),
            _ => None,
        });
        if let Some(value) = code
            && let ExprKind::Text(text) = &value.kind
        {
            let written = plain_text(text);
            let is_kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if !written.is_empty() && !written.chars().all(is_kebab) {
                self.report(report::lints::code_style(value.span, &written));
            }
        }
    }

    /// `transaction in warehouse { … }`
    pub(super) fn transaction(
        &mut self,
        whole: Span,
        source: Option<&Name>,
        body: &'p Block,
    ) -> Type {
        if let Some(name) = source {
            self.refuse_unknown_source(name);
        }
        let word = Span { end: whole.start + 11, ..whole };
        let outer = self.enter_transaction(word, source.map(|name| name.text.clone()));
        let ty = self.block(body, Want::Nothing);
        self.leave_transaction(outer);
        ty
    }

    /// Reports a source that the project does not know.
    pub(super) fn refuse_unknown_source(&mut self, name: &Name) {
        use crate::diagnostics::suggest::{Candidate, nearest};
        let settings = &self.world.project.settings;
        let is_known = name.text == "main" || settings.sources.contains(&name.text);
        if !is_known && !name.text.is_empty() {
            let known = settings.sources.iter().map(ecow::EcoString::as_str).chain(["main"]);
            let near = nearest(&name.text, known.map(Candidate::new));
            self.report(report::names::unknown_source(name, &near));
        }
    }
}

/// What `fail { … }` takes.
fn failure_type() -> Type {
    let field = |name: &str, ty| FieldType { name: name.into(), ty };
    let fields = vec![
        field("code", Type::optional(Type::Text)),
        field("message", Type::Text),
        field("data", Type::Json),
    ];
    Type::Record(RecordType::new(None, fields).into())
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine};

    #[test]
    fn functions_give_what_they_state() {
        fine(
            "fn f(x: int) -> int { if x > 1 { return 1 } else { return 2 } }\nfn g() -> int { 3 }\nfn h(x: int) -> int { fail \"no\" }\nprint(f(g() + h(1)))",
        );
        finds(
            "fn f(x: int) -> int {\n  if x > 1 { return 1 }\n}\nprint(f(1))",
            &["missing-result at `}`"],
        );
        finds("fn f() -> int { return \"a\" }\nprint(f())", &["wrong-type at `\"a\"`"]);
        finds("fn f() -> int { return }\nprint(f())", &["missing-result at `return`"]);
        finds("fn f() { return 1 }\nf()", &["wrong-type at `1`"]);
        finds("fn f() -> int { \"a\" }\nprint(f())", &["wrong-type at `\"a\"`"]);
        fine(
            "fn f() -> decimal { return 1 }\nfn g() -> decimal { if f() > 1 { 1 } else { 2.5 } }\nprint(g())",
        );
    }

    #[test]
    fn a_task_returns_nothing() {
        fine("if now() > now() { return }\nprint(1)");
        finds("return 3", &["wrong-type at `3`"]);
    }

    #[test]
    fn failures_have_a_message() {
        fine(
            "if now() > now() { fail \"late\" }\nfail { code: \"late\", message: \"too late\", data: { n: 1 } }",
        );
        finds("fail 3", &["wrong-type at `3`"]);
        finds("fail { code: \"late\" }", &["missing-fields at `{ code: \"late\" }`"]);
        finds("fail { code: \"Too Late\", message: \"x\" }", &["name-style at `\"Too Late\"`"]);
    }

    #[test]
    fn what_cannot_be_reached_is_said_once() {
        finds("return\nprint(1)\nprint(2)", &["unreachable at `print(1)…`"]);
    }

    #[test]
    fn caught_errors_have_fields() {
        fine(
            "try { fail \"x\" } catch e if e.code == \"timeout\" { print(e.message) } catch { print(1) }",
        );
        fine("let n = try [1][3] else err => err.message.length()\nprint(n)");
        finds("try { fail \"x\" } catch e { print(e.mesage) }", &["unknown-field at `mesage`"]);
    }

    #[test]
    fn results_that_go_nowhere() {
        finds("let n = 1\nn + 1", &["unused-result at `n + 1`"]);
        finds("\"a\".upper()", &["unused-result at `\"a\".upper()`"]);
        finds("[1].map(n => n + 1)", &["unused-result at `[1].map(n => n + 1)`"]);
        fine("[1].map(n => print(n))\nfiles.delete(\"a\")");
    }
}
