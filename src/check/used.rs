//! Which declarations and modules a file uses, and which of its own nobody can be using.

use rustc_hash::FxHashSet;

use super::checker::Checker;
use super::names::{Found, declared_name};
use super::project::is_task;
use super::report;
use crate::source::FileId;
use crate::syntax::tree::Item;

/// What a file has used so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Used {
    modules: FxHashSet<FileId>,
    own: FxHashSet<u32>,
}

impl Checker<'_> {
    /// What a bare name stands for among declarations; it counts as used.
    pub(super) fn lookup(&mut self, name: &str) -> Found {
        let Some(scope) = self.file_scope() else { return Found::Nothing };
        let found = scope.find(self.file, &self.world.scopes, name);
        match &found {
            Found::Decl(decl) if decl.file == self.file => {
                self.used.own.insert(decl.item);
            }
            Found::Decl(decl) => {
                self.used.modules.insert(decl.file);
            }
            Found::Module(file) => {
                self.used.modules.insert(*file);
            }
            Found::Several(_) => self.saw_error(),
            Found::Nothing => {}
        }
        found
    }

    /// Reports modules that a file does not use, and declarations of a task, which nobody else can use.
    pub(super) fn lint_unused_declarations(&mut self) {
        let imports = self.file_scope().map(|it| it.imports().to_vec()).unwrap_or_default();
        for import in imports {
            if !self.used.modules.contains(&import.file) {
                self.report(report::lints::unused_module(import.span, &import.name));
            }
        }
        if is_task(self.items) {
            for (item, at) in self.items.iter().zip(0..) {
                self.lint_unused_item(item, at);
            }
        }
    }

    fn lint_unused_item(&mut self, item: &Item, at: u32) {
        let is_private = matches!(item, Item::Fn(_) | Item::Const(_) | Item::Type(_));
        if let Some(name) = declared_name(item).filter(|_| is_private)
            && !self.used.own.contains(&at)
            && !name.text.starts_with('_')
        {
            self.report(report::lints::unused_name(name.span, &name.text));
        }
    }
}
