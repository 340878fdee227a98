//! Statements that stand in tests only: `at`, `stub`, `expect`.

use super::checker::Checker;
use super::expr::Place;
use super::report;
use super::scope::FrameKind;
use super::types::{FieldType, RecordType, Type};
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::syntax::tree::{Expr, Name, Stmt, TestStmt};

/// The modules whose calls a test may answer itself.
const STUBBED: [&str; 1] = ["http"];

impl<'p> Checker<'p> {
    pub(super) fn test_stmt(&mut self, stmt: &Stmt, it: &'p TestStmt) -> Type {
        if self.scope.body_kind() != Some(FrameKind::Test) {
            let word = match it {
                TestStmt::At(_) => "at",
                TestStmt::Stub { .. } => "stub",
                TestStmt::Expect(_) => "expect",
            };
            self.report(report::flow::outside_test(stmt.span, word));
        }
        match it {
            TestStmt::At(time) => {
                self.check(time, &Type::Time, Place::Word("at"));
            }
            TestStmt::Stub { module, args, response } => self.stub(module, args, response),
            TestStmt::Expect(condition) => {
                let outcome = self.condition(condition, "expect");
                self.facts.learn_all(&outcome.when_true);
            }
        }
        Type::Nothing
    }

    /// `stub http "https://…" => { status: 200 }`
    fn stub(&mut self, module: &Name, args: &'p [Expr], response: &'p Expr) {
        if !STUBBED.contains(&module.text.as_str()) && !module.text.is_empty() {
            let near = nearest(&module.text, STUBBED.map(Candidate::new));
            self.report(report::flow::not_stubbed(module, &near));
        }
        for arg in args {
            self.check(arg, &Type::Text, Place::Word("stub"));
        }
        self.check(response, &answer_type(), Place::Word("stub"));
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
        field("error", Type::Text),
    ];
    Type::Record(RecordType::new(None, fields).into())
}
