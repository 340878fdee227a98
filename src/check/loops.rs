//! Loops: what can be looped over, what is known inside, how a loop is left.

use super::checker::{Checker, Want};
use super::expr::Place;
use super::report;
use super::scope::{FrameKind, FrameResult, LocalKind};
use super::types::Type;
use crate::syntax::tree::{Block, Expr, ExprKind, For, NodeId, Stmt};

impl<'p> Checker<'p> {
    pub(super) fn while_stmt(&mut self, condition: &'p Expr, body: &'p Block) -> Type {
        self.forget_assigned_in(body);
        let outcome = self.condition(condition, "while");
        let before = self.facts.clone();
        self.facts.learn_all(&outcome.when_true);
        self.enter_loop();
        self.block(body, Want::Nothing);
        let has_break = self.leave_innermost_loop();
        self.facts = before;
        if !has_break {
            self.facts.learn_all(&outcome.when_false);
        }
        let is_endless = matches!(condition.kind, ExprKind::Bool(true));
        if is_endless && !has_break { Type::Never } else { Type::Nothing }
    }

    pub(super) fn for_stmt(&mut self, stmt: &'p Stmt, it: &'p For) -> Type {
        let (index, item) = self.looped(it);
        if let Some(limit) = &it.limit {
            self.check(limit, &Type::Int, Place::Word("limit"));
        }
        self.forget_assigned_in(&it.body);
        let before = self.facts.clone();
        let calls = self.begin_loop_calls();
        if it.parallel {
            self.parallel_body(stmt.id, it, index, item);
        } else {
            let mark = self.open_scope();
            self.bind_loop(it, index, item);
            self.enter_loop();
            self.block(&it.body, Want::Nothing);
            self.leave_innermost_loop();
            self.close_scope(mark);
        }
        self.end_loop_calls(calls, it);
        self.facts = before;
        Type::Nothing
    }

    fn parallel_body(&mut self, node: NodeId, it: &'p For, index: Type, item: Type) {
        let mark = self.enter(FrameKind::Parallel, FrameResult::Forbidden);
        self.bind_loop(it, index, item);
        self.enter_loop();
        self.block(&it.body, Want::Nothing);
        let frame = self.leave(mark);
        self.note_captures(node, frame.captures);
    }

    fn bind_loop(&mut self, it: &'p For, index: Type, item: Type) {
        if let Some(binding) = &it.index {
            self.bind(binding, index, LocalKind::Loop);
        }
        self.bind(&it.item, item, LocalKind::Loop);
    }

    /// The types of the index, or key, and of the item.
    fn looped(&mut self, it: &'p For) -> (Type, Type) {
        let found = match self.looped_table(&it.iter) {
            Some(rows) => rows,
            None => self.expr(&it.iter, Want::Value),
        };
        match self.open(&found) {
            Type::List(item) => (Type::Int, (*item).clone()),
            Type::Map(entry) if it.index.is_some() => (entry.0.clone(), entry.1.clone()),
            Type::Map(_) => {
                self.report(report::types::map_needs_two_names(&it.item.name));
                (Type::Error, Type::Error)
            }
            Type::Error | Type::Never => (Type::Error, Type::Error),
            Type::Optional(_) => {
                let diagnostic = report::nulls::maybe_null(self, &it.iter, &found);
                self.report(diagnostic);
                (Type::Error, Type::Error)
            }
            other => {
                let text = self.source.slice(it.iter.span);
                self.report(report::types::not_a_list(it.iter.span, text, &other));
                (Type::Error, Type::Error)
            }
        }
    }

    /// Inside a loop nothing is known of variables that its body assigns: the last turn may have done so.
    fn forget_assigned_in(&mut self, body: &Block) {
        if !self.facts.is_empty() {
            for root in self.assigned_in(body) {
                self.facts.forget_variable(root);
            }
        }
    }

    fn enter_loop(&mut self) {
        if let Some(frame) = self.scope.frame_mut() {
            frame.loops.push(false);
        }
    }

    /// Ends a loop and says whether a `break` leaves it.
    fn leave_innermost_loop(&mut self) -> bool {
        self.scope.frame_mut().and_then(|frame| frame.loops.pop()).unwrap_or(false)
    }

    /// `break`, `continue`
    pub(super) fn leave_loop(&mut self, expr: &Expr, word: &str) -> Type {
        let Some(frame) = self.scope.frame_mut() else { return Type::Never };
        let kind = frame.kind;
        match frame.loops.last_mut() {
            Some(has_break) if word == "break" => *has_break = true,
            Some(_) => {}
            None => self.report(report::flow::outside_loop(expr.span, word)),
        }
        let leaves_parallel = kind == FrameKind::Parallel
            && word == "break"
            && self.scope.frame().is_some_and(|frame| frame.loops.len() == 1);
        if leaves_parallel {
            self.report(report::flow::leaves_parallel(expr.span, word));
        }
        Type::Never
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine};

    #[test]
    fn lists_ranges_and_maps_can_be_looped_over() {
        fine(
            "for x in [1] { print(x + 1) }\nfor i, x in [\"a\"] { print(i + 1)\n  print(x.upper()) }\nfor i in 1..=3 { print(i) }\nfor k, v in [\"a\": 1] { print(k.upper())\n  print(v + 1) }",
        );
        finds("for x in 3 { print(x) }", &["not-a-list at `3`"]);
        finds("for x in \"abc\" { print(x) }", &["not-a-list at `\"abc\"`"]);
        finds("for x in [\"a\": 1] { print(x) }", &["not-a-list at `x`"]);
        finds(
            "fn f() -> [int]? { return null }\nfor x in f() { print(x) }",
            &["maybe-null at `f()`"],
        );
    }

    #[test]
    fn loops_are_left_from_inside() {
        fine("for x in [1] {\n  if x > 1 { break }\n  continue\n}");
        finds("break", &["misplaced at `break`"]);
        finds("for x in [1] { print([x].map(y => { break })) }", &["misplaced at `break`"]);
        finds("parallel for x in [1] { if x > 1 { break } }", &["misplaced at `break`"]);
        finds("parallel for x in [1] { if x > 1 { return } }", &["misplaced at `return`"]);
    }

    #[test]
    fn an_endless_loop_never_ends() {
        fine(
            "fn f() -> int {\n  while true {\n    if now() > now() { return 1 }\n  }\n}\nprint(f())",
        );
        finds("while true { sleep(1s) }\nprint(1)", &["unreachable at `print(1)`"]);
        fine("while true { break }\nprint(1)");
    }
}
