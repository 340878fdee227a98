//! Statements that stand in tests only: `at`, `stub`, `expect`, `run()`.

use super::checked::{CallPlan, Target};
use super::checker::{Checker, Want};
use super::expr::Place;
use super::project::is_task;
use super::report;
use super::scope::{FrameKind, LocalKind};
use super::types::{FieldType, RecordType, Type};
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::syntax::tree::{
    Call, Expr, ExprKind, Item, Keep, Name, Stmt, Test, TestStmt, Text, TextPart,
};

/// The modules whose calls a test may answer itself.
const STUBBED: [&str; 1] = ["http"];

/// The calls that a stub may be for.
pub(super) const METHODS: [&str; 6] = ["get", "head", "post", "put", "patch", "delete"];

impl<'p> Checker<'p> {
    /// The kept variables of the task are variables of each of its tests: what `run()` takes and leaves.
    pub(super) fn declare_kept(&mut self) {
        for keep in self.keeps() {
            let ty = self.tables.types[keep.id.0 as usize].clone();
            let (name, span) = (&keep.name.text, keep.name.span);
            let local = self.scope.declare(name, span, keep.id, ty, LocalKind::Kept);
            self.scope.get_mut(local).is_used = true;
        }
    }

    fn keeps(&self) -> Vec<&'p Keep> {
        let keeps = self.items.iter();
        keeps.filter_map(|it| if let Item::Keep(it) = it { Some(it) } else { None }).collect()
    }

    /// Two tests of one name could not be told apart.
    pub(super) fn refuse_second_test(&mut self, test: &Test) {
        let tests = self.items.iter();
        let mut tests =
            tests.filter_map(|it| if let Item::Test(it) = it { Some(it) } else { None });
        let first = tests.find(|it| it.name.text == test.name.text).map_or(test.id, |it| it.id);
        if first != test.id {
            let earlier = self.items.iter().find_map(|it| match it {
                Item::Test(it) if it.id == first => Some(it.name.span),
                _ => None,
            });
            let earlier = earlier.unwrap_or(test.name.span);
            self.report(report::test_stmts::second_test(self.source, &test.name, earlier));
        }
    }

    pub(super) fn test_stmt(&mut self, stmt: &Stmt, it: &'p TestStmt) -> Type {
        if self.scope.body_kind() != Some(FrameKind::Test) {
            let word = match it {
                TestStmt::At(_) => "at",
                TestStmt::Stub { .. } => "stub",
                TestStmt::Expect(_) => "expect",
            };
            self.report(report::test_stmts::outside_test(stmt.span, word));
        }
        match it {
            TestStmt::At(time) => {
                self.check(time, &Type::Time, Place::Word("at"));
            }
            TestStmt::Stub { module, method, args, response } => {
                self.stub(module, method.as_ref(), args, response);
            }
            TestStmt::Expect(condition) => {
                let outcome = self.condition(condition, "expect");
                self.facts.learn_all(&outcome.when_true);
            }
        }
        Type::Nothing
    }

    /// `stub http "https://…" => { status: 200 }`, `stub http.post "https://…" => { status: 201 }`
    fn stub(&mut self, module: &Name, method: Option<&Name>, args: &'p [Expr], response: &'p Expr) {
        let is_known = STUBBED.contains(&module.text.as_str());
        if !is_known && !module.text.is_empty() {
            let near = nearest(&module.text, STUBBED.map(Candidate::new));
            self.report(report::test_stmts::not_stubbed(module, &near));
        }
        if let Some(method) = method
            && !METHODS.contains(&method.text.as_str())
            && !method.text.is_empty()
        {
            let lower = method.text.to_lowercase();
            let near = match METHODS.iter().find(|it| **it == lower) {
                Some(same) => vec![*same],
                None => nearest(&lower, METHODS.map(Candidate::new)),
            };
            self.report(report::test_stmts::unknown_method(method, &near));
        }
        for arg in args {
            self.check(arg, &Type::Text, Place::Word("stub"));
        }
        match args {
            _ if !is_known => {}
            [] => self.report(report::test_stmts::no_address(module.span, response.span)),
            [first] => self.refuse_method_in_address(module, method, first),
            [first, second, ..] => {
                let spelt = literal(first).filter(|it| is_method(it)).map(str::to_lowercase);
                let words = (module.span, first.span, second.span);
                self.report(report::test_stmts::several_addresses(words, spelt.as_deref()));
            }
        }
        let answer = answer_type();
        if let ExprKind::Int(_) | ExprKind::Text(_) = &response.kind {
            let text = self.source.slice(response.span);
            let is_status = matches!(response.kind, ExprKind::Int(_));
            let field = if is_status { "status" } else { "text" };
            self.report(report::test_stmts::bare_answer(response.span, field, text));
            self.expr(response, Want::Value);
            return;
        }
        match &response.kind {
            ExprKind::List(_) => {
                self.check(response, &Type::List(answer.into()), Place::Word("stub"))
            }
            _ => self.check(response, &answer, Place::Word("stub")),
        };
    }

    /// `stub http "POST https://…"`, and an address that no request can have.
    fn refuse_method_in_address(&mut self, module: &Name, method: Option<&Name>, arg: &Expr) {
        let Some(address) = literal(arg) else { return };
        let spelt = address.split_once(' ').filter(|(word, _)| is_method(word));
        if let Some((word, rest)) = spelt
            && method.is_none()
        {
            let word = word.to_lowercase();
            let places = (module.span, arg.span);
            self.report(report::test_stmts::method_in_address(places, &word, rest.trim()));
        } else if !address.contains("://") && !address.starts_with('*') {
            self.report(report::test_stmts::no_scheme(arg.span, address));
        }
    }

    /// `run()` in a test runs the task's statements.
    pub(super) fn run_task(&mut self, expr: &Expr, call: &'p Call) -> Type {
        self.check_loose_args(call);
        if let Some(first) = call.args.first() {
            let takes = report::calls::Takes { name: "run", params: &[] };
            self.report(report::calls::wrong_count(first.value.span, takes, call.args.len()));
        }
        if !is_task(self.items) {
            self.report(report::test_stmts::no_task_to_run(call.callee.span));
        } else if self.scope.frames.len() > 1 {
            self.report(report::test_stmts::run_in_closure(call.callee.span));
        }
        for keep in self.keeps() {
            self.facts.forget_variable(keep.id);
        }
        self.touch_task(call.callee.span);
        let plan = CallPlan {
            target: Target::RunTask,
            type_args: Vec::new(),
            args: Vec::new(),
            params: Vec::new(),
            optional: false,
        };
        self.tables.calls.insert(expr.id, plan);
        Type::Nothing
    }
}

/// What a stubbed request is answered with.
fn answer_type() -> Type {
    let field = |name: &str, ty: Type| FieldType { name: name.into(), ty: Type::optional(ty) };
    let fields = vec![
        field("status", Type::Int),
        field("headers", Type::map(Type::Text, Type::Text)),
        field("json", Type::Json),
        field("text", Type::Text),
        field("body", Type::Bytes),
        field("error", Type::Union(["connect".into(), "timeout".into()].into())),
        field("delay", Type::Duration),
    ];
    Type::Record(RecordType::new(None, fields).into())
}

/// The text of a literal without holes.
fn literal(expr: &Expr) -> Option<&str> {
    let ExprKind::Text(Text { parts, .. }) = &expr.kind else { return None };
    match parts.as_slice() {
        [TextPart::Literal(text, _)] => Some(text),
        _ => None,
    }
}

fn is_method(word: &str) -> bool {
    METHODS.iter().any(|it| it.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine};

    fn in_test(statements: &str) -> String {
        format!(
            "keep seen: text? = null\nseen = \"a\"\nprint(seen)\ntest \"a\" {{\n{statements}\n}}"
        )
    }

    #[test]
    fn stubs_name_a_call_and_an_address() {
        for fine_one in [
            "stub http \"https://a.example/*\" => { status: 200 }",
            "stub http.post \"https://a.example\" => { json: { n: 1 }, delay: 3s }",
            "stub http.get \"https://a.example\" => [{ status: 503 }, { error: \"timeout\" }]",
            "let url = \"x\"\nstub http \"{url}/a\" => { status: 200 }",
        ] {
            fine(&in_test(fine_one));
        }
        for (wrong, found) in [
            ("stub http.pst \"https://a.example\" => { status: 200 }", "bad-stub at `pst`"),
            (
                "stub http \"a.example/rates\" => { status: 200 }",
                "bad-stub at `\"a.example/rates\"`",
            ),
            (
                "stub http \"POST https://a.example\" => {}",
                "bad-stub at `\"POST https://a.example\"`",
            ),
            ("stub http \"POST\" \"https://a.example\" => {}", "bad-stub at `\"POST\"`"),
            ("stub http => { status: 200 }", "bad-stub at `http`"),
            ("stub http \"*\" => { error: \"tmeout\" }", "wrong-type at `\"tmeout\"`"),
        ] {
            finds(&in_test(wrong), &[found]);
        }
    }

    #[test]
    fn kept_variables_are_seen_and_change_with_a_run() {
        fine(&in_test("expect seen == null\nrun()\nexpect seen == \"a\""));
        fine(&in_test("seen = \"b\"\nrun()"));
        finds(&in_test("let f = () => run()\nf()"), &["misplaced at `run`"]);
    }

    #[test]
    fn a_name_is_one_test() {
        finds(
            "test \"a\" { expect 1 == 1 }\ntest \"a\" { expect 2 == 2 }",
            &["duplicate-name at `\"a\"`"],
        );
    }
}
