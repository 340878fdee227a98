//! Which variables can be seen at a place.

use super::View;
use crate::syntax::tree::{
    Binding, ClauseKind, ExprKind, Item, LetTarget, Name, NodeId, Pattern, PatternKind, Stmt,
    StmtKind,
};
use crate::syntax::walk::{self, Node};

/// A variable: its node, and its name as it is written.
pub(super) type Local<'a> = (NodeId, &'a Name);

/// The variables that an offset sees, the nearest last; of two with one name only the nearer.
pub(super) fn locals<'a>(view: &View<'a>, offset: u32) -> Vec<Local<'a>> {
    let mut seen = Vec::new();
    for item in &view.tree().items {
        match item {
            Item::Keep(keep) => seen.push((keep.id, &keep.name)),
            Item::Stmt(stmt) => before(stmt, offset, &mut seen),
            _ => {}
        }
    }
    for node in walk::path_to(view.tree(), offset) {
        of_node(node, offset, &mut seen);
    }
    let mut nearest: Vec<Local<'a>> = Vec::new();
    for local in seen.into_iter().rev().filter(|(_, name)| !name.text.is_empty()) {
        if nearest.iter().all(|(_, name)| name.text != local.1.text) {
            nearest.push(local);
        }
    }
    nearest.reverse();
    nearest
}

fn of_node<'a>(node: Node<'a>, offset: u32, seen: &mut Vec<Local<'a>>) {
    match node {
        // Functions and tests do not see a task's variables.
        Node::Fn(function) => {
            seen.clear();
            seen.extend(function.params.iter().map(|it| (it.id, &it.name)));
        }
        Node::Test(_) => seen.clear(),
        Node::Block(block) => block.stmts.iter().for_each(|it| before(it, offset, seen)),
        Node::Stmt(stmt) => of_stmt(&stmt.kind, offset, seen),
        Node::Expr(expr) => of_expr(&expr.kind, offset, seen),
        _ => {}
    }
}

/// What a statement that is over before the offset has brought into being.
fn before<'a>(stmt: &'a Stmt, offset: u32, seen: &mut Vec<Local<'a>>) {
    let StmtKind::Let(it) = &stmt.kind else { return };
    if stmt.span.end > offset || it.value.span.touches(offset) {
        return;
    }
    match &it.target {
        LetTarget::Name(binding) => bind(binding, seen),
        LetTarget::Fields(fields, _) => fields.iter().for_each(|it| bind(&it.binding, seen)),
    }
}

fn bind<'a>(binding: &'a Binding, seen: &mut Vec<Local<'a>>) {
    seen.push((binding.id, &binding.name));
}

fn of_stmt<'a>(kind: &'a StmtKind, offset: u32, seen: &mut Vec<Local<'a>>) {
    match kind {
        StmtKind::For(it) if it.body.span.touches(offset) => {
            it.index.iter().for_each(|it| bind(it, seen));
            bind(&it.item, seen);
        }
        StmtKind::Try(it) => {
            for catch in &it.catches {
                let in_condition =
                    catch.condition.as_ref().is_some_and(|it| it.span.touches(offset));
                if in_condition || catch.body.span.touches(offset) {
                    catch.name.iter().for_each(|it| bind(it, seen));
                }
            }
        }
        _ => {}
    }
}

fn of_expr<'a>(kind: &'a ExprKind, offset: u32, seen: &mut Vec<Local<'a>>) {
    match kind {
        ExprKind::Query(query) if query.source.span.end < offset => {
            bind(&query.item, seen);
            for clause in &query.clauses {
                if let ClauseKind::Join { item, source, .. } = &clause.kind
                    && source.span.end < offset
                {
                    bind(item, seen);
                }
            }
        }
        ExprKind::Update(it) if it.table.span.end < offset => bind(&it.item, seen),
        ExprKind::Delete(it) if it.table.span.end < offset => bind(&it.item, seen),
        ExprKind::Closure(it) if it.body.span.touches(offset) => {
            seen.extend(it.params.iter().map(|it| (it.id, &it.name)));
        }
        ExprKind::Match(it) => {
            let inside = it.arms.iter().filter(|arm| arm.span.touches(offset));
            inside.flat_map(|arm| &arm.patterns).for_each(|it| of_pattern(it, seen));
        }
        ExprKind::Try(it) if it.fallback.span.touches(offset) => {
            it.name.iter().for_each(|it| bind(it, seen));
        }
        _ => {}
    }
}

fn of_pattern<'a>(pattern: &'a Pattern, seen: &mut Vec<Local<'a>>) {
    match &pattern.kind {
        PatternKind::Name(binding) => bind(binding, seen),
        PatternKind::Record(fields) => fields.iter().for_each(|(_, it)| of_pattern(it, seen)),
        PatternKind::Error | PatternKind::Literal(_) | PatternKind::Range(_) => {}
    }
}
