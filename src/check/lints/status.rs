//! A status that an answer never has: a request whose answer says 400 or more fails, unless it says `accept: "any"`.

use rustc_hash::FxHashMap;

use crate::check::checked::{Resolution, Target};
use crate::check::checker::Checker;
use crate::check::report;
use crate::source::Span;
use crate::syntax::tree::{
    Binary, BinaryOp, Call, Expr, ExprKind, LetTarget, Match, NodeId, PatternKind, StmtKind,
};
use crate::syntax::walk::{Node, each_below};

/// From here on a status makes its request fail.
const FAILS_FROM: u64 = 400;

/// The variables that hold the answers of such requests, with the arguments of each request.
type Answers = FxHashMap<NodeId, Span>;

impl Checker<'_> {
    /// Looks for conditions that wait for such a status.
    pub(in crate::check) fn lint_statuses(&mut self) {
        if !self.source.text.contains(".status") {
            return;
        }
        let (mut answers, mut found) = (Answers::default(), Vec::new());
        for item in self.items {
            each_below(Node::of_item(item), &mut |node| match node {
                Node::Stmt(stmt) => {
                    if let StmtKind::Let(it) = &stmt.kind
                        && let LetTarget::Name(binding) = &it.target
                        && let Some(request) = self.failing_request(&it.value)
                        && !it.mutable
                    {
                        answers.insert(binding.id, request);
                    }
                }
                Node::Expr(expr) => match &expr.kind {
                    ExprKind::Binary(it) => found.extend(
                        self.waits_in_vain(it, &answers).map(|request| (expr.span, request)),
                    ),
                    ExprKind::Match(it) => found.extend(self.matched_in_vain(it, &answers)),
                    _ => {}
                },
                _ => {}
            });
        }
        for (span, request) in found {
            self.report(report::lints::failing_status(span, request));
        }
    }

    /// The arguments of a request that fails where its answer says so.
    fn failing_request(&self, expr: &Expr) -> Option<Span> {
        let ExprKind::Call(call) = &expr.kind else { return None };
        let Target::Library(id) = &self.tables.calls.get(&expr.id)?.target else { return None };
        let params = &self.library().function(id).signature.params;
        let accept = params.iter().position(|it| it.name == "accept")?;
        (id.module == "http" && !gives(call, accept)).then_some(call.args_span)
    }

    /// The request whose answer's status an expression is.
    fn status_of(&self, expr: &Expr, answers: &Answers) -> Option<Span> {
        let ExprKind::Field(it) = &expr.kind else { return None };
        if it.name.text != "status" {
            return None;
        }
        match self.tables.names.get(&it.base.id) {
            Some(Resolution::Local(binding)) => answers.get(binding).copied(),
            _ => self.failing_request(&it.base),
        }
    }

    fn waits_in_vain(&self, it: &Binary, answers: &Answers) -> Option<Span> {
        let (status, op, number) = match (&it.left.kind, &it.right.kind) {
            (_, ExprKind::Int(number)) => (&it.left, it.op, *number),
            (ExprKind::Int(number), _) => (&it.right, it.op.turned(), *number),
            _ => return None,
        };
        let least = match op {
            BinaryOp::Equal | BinaryOp::GreaterEqual => number,
            BinaryOp::Greater => number.saturating_add(1),
            _ => return None,
        };
        self.status_of(status, answers).filter(|_| least >= FAILS_FROM)
    }

    fn matched_in_vain(&self, it: &Match, answers: &Answers) -> Vec<(Span, Span)> {
        let Some(request) = self.status_of(&it.subject, answers) else { return Vec::new() };
        let patterns = it.arms.iter().flat_map(|it| &it.patterns);
        let in_vain = patterns.filter(|it| match &it.kind {
            PatternKind::Literal(literal) => is_failure(literal),
            PatternKind::Range(range) => range.from.as_ref().is_some_and(is_failure),
            PatternKind::Error | PatternKind::Name(_) | PatternKind::Record(_) => false,
        });
        in_vain.map(|it| (it.span, request)).collect()
    }
}

/// Whether a call gives the parameter at a place something.
fn gives(call: &Call, place: usize) -> bool {
    let mut args = call.args.iter().enumerate();
    args.any(|(at, it)| it.name.as_ref().map_or(at == place, |it| it.text == "accept"))
}

fn is_failure(literal: &Expr) -> bool {
    matches!(&literal.kind, ExprKind::Int(number) if *number >= FAILS_FROM)
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine};

    const ASKS: &str = "let r = http.get(\"https://a.example\")\n";

    #[test]
    fn statuses_that_make_a_request_fail_are_waited_for_in_vain() {
        for condition in ["r.status == 404", "r.status >= 400", "399 < r.status", "r.status > 499"]
        {
            let text = format!("{ASKS}if {condition} {{ print(r.text) }}\n");
            finds(&text, &[&format!("never-true at `{condition}`")]);
        }
        let direct = "http.head(\"https://a.example\").status == 404";
        finds(&format!("print({direct})\n"), &[&format!("never-true at `{direct}`")]);
        finds(
            &format!(
                "{ASKS}match r.status {{\n  200, 404 => print(1)\n  500..600 => print(2)\n  else => {{}}\n}}\n"
            ),
            &["never-true at `404`", "never-true at `500..600`"],
        );
    }

    #[test]
    fn others_are_not() {
        fine(&format!("{ASKS}if r.status == 204 or r.status < 400 {{ print(r.text) }}\n"));
        fine(
            "let r = http.get(\"https://a.example\", accept: \"any\")\nif r.status == 404 { print(r.text) }\n",
        );
        fine(
            "fn late(r: Response) -> bool { return r.status == 503 }\nprint(late(http.get(\"https://a.example\")))\n",
        );
    }
}
