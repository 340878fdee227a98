//! Which variables a block may assign, so that what was known of them before a loop is forgotten.

use super::checker::Checker;
use super::name::bare_name;
use super::types::Type;
use crate::syntax::tree::{Block, Expr, ExprKind, NodeId, Stmt, StmtKind};

impl Checker<'_> {
    /// The variables about which something is known here and which a block assigns anywhere.
    pub(super) fn assigned_in(&self, block: &Block) -> Vec<NodeId> {
        let mut roots = Vec::new();
        if !self.facts.is_empty() {
            each_target(block, &mut |target| {
                let root = root_name(target).and_then(|name| self.scope.find(name));
                roots.extend(root.map(|id| self.scope.get(id).node));
            });
        }
        roots
    }
}

/// The name of the variable that an assignment's target is or is a part of.
fn root_name(target: &Expr) -> Option<&str> {
    match &target.kind {
        ExprKind::Field(field) => root_name(&field.base),
        ExprKind::Index(base, _) => root_name(base),
        _ => bare_name(target).map(ecow::EcoString::as_str),
    }
}

fn each_target<'t>(block: &'t Block, found: &mut dyn FnMut(&'t Expr)) {
    for stmt in &block.stmts {
        each_target_of_stmt(stmt, found);
    }
}

fn each_target_of_stmt<'t>(stmt: &'t Stmt, found: &mut dyn FnMut(&'t Expr)) {
    match &stmt.kind {
        StmtKind::Assign(it) => found(&it.target),
        StmtKind::Expr(expr) => each_target_of_expr(expr, found),
        StmtKind::Let(it) => each_target_of_expr(&it.value, found),
        StmtKind::For(it) => each_target(&it.body, found),
        StmtKind::While(_, body) | StmtKind::Transaction(_, body) => each_target(body, found),
        StmtKind::Try(it) => {
            each_target(&it.body, found);
            it.catches.iter().for_each(|catch| each_target(&catch.body, found));
        }
        StmtKind::Error | StmtKind::Test(_) => {}
    }
}

/// Expressions hold statements in their branches only; closures cannot assign what is outside.
fn each_target_of_expr<'t>(expr: &'t Expr, found: &mut dyn FnMut(&'t Expr)) {
    match &expr.kind {
        ExprKind::If(it) => {
            each_target(&it.then, found);
            it.otherwise.iter().for_each(|other| each_target_of_expr(other, found));
        }
        ExprKind::Match(it) => {
            it.arms.iter().for_each(|arm| each_target_of_expr(&arm.body, found));
        }
        ExprKind::Block(block) => each_target(block, found),
        ExprKind::Try(it) => {
            each_target_of_expr(&it.body, found);
            each_target_of_expr(&it.fallback, found);
        }
        _ => {}
    }
}

/// Whether what an expression gives would be missed if nobody looked at it.
pub(super) fn gives_value(ty: &Type) -> bool {
    !matches!(ty, Type::Nothing | Type::Never | Type::Error)
}
