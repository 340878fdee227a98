//! A sleep that a task may never get to: what stands before it can take longer than the task's time limit.
//!
//! Only what certainly happens is counted, with the limits that the program itself states.

use crate::check::checked::{LibraryFn, Target};
use crate::check::checker::Checker;
use crate::check::library::PRELUDE;
use crate::check::report;
use crate::schedule::Duration;
use crate::source::Span;
use crate::syntax::tree::{Call, Expr, ExprKind, Item, StmtKind};
use crate::syntax::walk::Node;

/// How long the calls so far may take, by their own limits.
struct Spent {
    time: Duration,
    calls: Vec<Span>,
}

impl<'p> Checker<'p> {
    /// Looks for a sleep behind calls that may use up the time limit.
    pub(in crate::check) fn lint_sleeps(&mut self, timeout: Duration) {
        let mut spent = Spent { time: Duration::ZERO, calls: Vec::new() };
        for item in self.items {
            let Item::Stmt(stmt) = item else { continue };
            if let Some(sleep) = self.sleep_behind(Node::Stmt(stmt), timeout, &mut spent) {
                let said =
                    report::lints::sleep_past_timeout(sleep, timeout, spent.time, &spent.calls);
                return self.report(said);
            }
        }
    }

    /// The first sleep at or below a node that begins when more than the limit may be spent.
    fn sleep_behind(&self, node: Node<'p>, timeout: Duration, spent: &mut Spent) -> Option<Span> {
        if !is_certain(&node) {
            return None;
        }
        let mut found = None;
        node.children(&mut |child| {
            if found.is_none() {
                found = self.sleep_behind(child, timeout, spent);
            }
        });
        let (None, Node::Expr(expr)) = (found, node) else { return found };
        let ExprKind::Call(call) = &expr.kind else { return None };
        let function = self.library_function(expr)?;
        if (function.module.as_str(), function.name.as_str()) == (PRELUDE, "sleep") {
            return (spent.time > timeout).then_some(expr.span);
        }
        if function.module == "http"
            && let Some(limit) = stated_limit(call)
        {
            spent.time = Duration(spent.time.0.saturating_add(limit.0));
            spent.calls.push(expr.span);
        }
        None
    }

    fn library_function(&self, expr: &Expr) -> Option<&LibraryFn> {
        match &self.tables.calls.get(&expr.id)?.target {
            Target::Library(function) => Some(function),
            Target::Fn(_)
            | Target::Value
            | Target::Table(..)
            | Target::Aggregate(_)
            | Target::DirectSql
            | Target::RunTask => None,
        }
    }
}

/// Whether what stands in a node happens once and in any case.
fn is_certain(node: &Node<'_>) -> bool {
    match node {
        Node::Stmt(stmt) => {
            !matches!(stmt.kind, StmtKind::For(_) | StmtKind::While(..) | StmtKind::Try(_))
        }
        Node::Expr(expr) => !matches!(
            expr.kind,
            ExprKind::If(_)
                | ExprKind::Match(_)
                | ExprKind::Closure(_)
                | ExprKind::Query(_)
                | ExprKind::Try(_)
                | ExprKind::Binary(_)
        ),
        _ => true,
    }
}

/// How long a request may take with all its retries, where the program says how long one may.
fn stated_limit(call: &Call) -> Option<Duration> {
    let argument = |name: &str| {
        let named = call.args.iter().find(|it| it.name.as_ref().is_some_and(|it| it.text == name));
        named.map(|it| &it.value.kind)
    };
    let Some(ExprKind::Duration(limit)) = argument("timeout") else { return None };
    let retries = match argument("retry") {
        Some(ExprKind::Int(times)) => i64::try_from(*times).unwrap_or(i64::MAX),
        _ => 0,
    };
    Some(Duration(limit.saturating_mul(retries.saturating_add(1))))
}
