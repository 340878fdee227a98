//! Which names a list of statements will bring into being: for messages about names that are used too early.

use crate::syntax::tree::{Item, LetTarget, Name, Stmt, StmtKind};

/// The statements of a block, or of a whole task.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stmts<'p> {
    /// Between braces.
    Block(&'p [Stmt]),
    /// At the top level of a file.
    Items(&'p [Item]),
}

impl<'p> Stmts<'p> {
    /// The names that these statements bind themselves, blocks inside them aside.
    pub(super) fn bindings(self) -> Vec<&'p Name> {
        match self {
            Self::Block(stmts) => stmts.iter().flat_map(of_stmt).collect(),
            Self::Items(items) => of_items(items).collect(),
        }
    }
}

/// The names that the statements among a file's items bind.
pub(super) fn of_items(items: &[Item]) -> impl Iterator<Item = &Name> {
    items.iter().flat_map(|item| match item {
        Item::Stmt(stmt) => of_stmt(stmt),
        Item::Keep(keep) => vec![&keep.name],
        Item::Use(_)
        | Item::Const(_)
        | Item::Type(_)
        | Item::Table(_)
        | Item::Fn(_)
        | Item::Test(_)
        | Item::Header(_) => Vec::new(),
    })
}

fn of_stmt(stmt: &Stmt) -> Vec<&Name> {
    let StmtKind::Let(it) = &stmt.kind else { return Vec::new() };
    match &it.target {
        LetTarget::Name(binding) => vec![&binding.name],
        LetTarget::Fields(fields, _) => fields.iter().map(|it| &it.binding.name).collect(),
    }
}
