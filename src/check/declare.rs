//! The first pass over a file: what its declarations declare.
//!
//! Declarations may use each other in any order, so each is worked out when it is first asked for. A type that is asked
//! for while it is being worked out mentions itself and becomes a [`Type::Named`]; a constant that is cannot be computed.

use std::sync::Arc;

use super::bindings::Stmts;
use super::checker::Checker;
use super::declared::Declared;
use super::expr::Place;
use super::names::Found;
use super::read_type::{self, BUILT_IN_NAMES, Problem, TypeNames};
use super::report;
use super::scope::{FrameKind, FrameResult};
use super::types::{DeclId, NamedType, Type};
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::syntax::tree::{self, Const, Item, Name, NodeId, TypeAlias, TypeExpr};

/// How far a declaration has been worked out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nobody has asked.
    #[default]
    Waiting,
    /// We are at it.
    Underway,
    /// We are at it, and it has turned out to mention itself.
    Recursive,
    /// It is known.
    Done,
}

impl<'p> Checker<'p> {
    /// Works out every declaration of the file.
    pub(super) fn declare_all(&mut self) {
        let items = self.items;
        self.declared = vec![Declared::Nothing; items.len()];
        self.progress = vec![Progress::Waiting; items.len()];
        for item in 0..items.len() {
            self.declare_item(item);
        }
    }

    /// Sees to it that a declaration of this file is known before it is used.
    pub(super) fn need(&mut self, decl: DeclId) {
        if decl.file == self.file {
            self.declare_item(decl.item as usize);
        }
    }

    fn declare_item(&mut self, at: usize) {
        let items = self.items;
        let waiting = self.progress.get(at) == Some(&Progress::Waiting);
        if !waiting {
            self.refuse_endless_constant(at);
            return;
        }
        self.progress[at] = Progress::Underway;
        let declared = match &items[at] {
            Item::Type(alias) => Declared::Type(self.alias(at, alias)),
            Item::Table(table) => {
                self.lint_type_name(&table.name, "tables");
                Declared::Table(Arc::new(self.declare_table(self.decl(at), table)))
            }
            Item::Fn(function) => self.declare_fn(function),
            Item::Const(it) => Declared::Const(self.constant(it)),
            Item::Use(_) | Item::Test(_) | Item::Keep(_) | Item::Header(_) | Item::Stmt(_) => {
                Declared::Nothing
            }
        };
        self.declared[at] = declared;
        self.progress[at] = Progress::Done;
    }

    /// The declaration at a place of this file.
    pub(super) fn decl(&self, at: usize) -> DeclId {
        DeclId { file: self.file, item: u32::try_from(at).unwrap_or(u32::MAX) }
    }

    fn declare_fn(&mut self, function: &tree::Fn) -> Declared {
        self.lint_function_name(&function.name);
        let mut signature = read_type::signature(function, self);
        for (param, declared) in function.params.iter().zip(&mut signature.params) {
            if param.ty.is_none() && !param.name.text.is_empty() {
                self.report(report::types::parameter_type(&param.name));
            }
            self.set_type(param.id, declared.ty.clone());
        }
        Declared::Fn(Arc::new(signature))
    }

    fn alias(&mut self, at: usize, alias: &TypeAlias) -> Type {
        self.lint_type_name(&alias.name, "types");
        if BUILT_IN_NAMES.contains(&alias.name.text.as_str()) {
            self.report(report::types::built_in_type(&alias.name));
        }
        let ty = read_type::read(&alias.ty, &[], self);
        if self.is_blurred_type(alias.span) {
            return Type::Error;
        }
        if self.progress[at] == Progress::Recursive && holds_itself(&ty, self.decl(at)) {
            self.report(report::types::endless_type(&alias.name));
            return Type::Error;
        }
        read_type::name_record(ty, &alias.name.text)
    }

    /// What an alias of this file stands for.
    fn alias_type(&mut self, decl: DeclId, name: &Name) -> Type {
        let at = decl.item as usize;
        if matches!(self.progress.get(at), Some(Progress::Underway | Progress::Recursive)) {
            self.progress[at] = Progress::Recursive;
            return Type::Named(NamedType { name: name.text.clone(), decl });
        }
        self.need(decl);
        match self.declared(decl) {
            Declared::Type(ty) => ty.clone(),
            _ => Type::Error,
        }
    }

    /// A constant's type: stated, or that of its value.
    fn constant(&mut self, it: &'p Const) -> Type {
        let outside = self.set_aside();
        let stated = it.ty.as_ref().map(|written| self.read_type(written));
        let mark = self.enter(FrameKind::Value, FrameResult::Forbidden);
        let ty = match stated {
            Some(ty) => {
                let at = it.ty.as_ref().map(|written| written.span);
                self.check(&it.value, &ty, Place::Stated { name: &it.name.text, at });
                ty
            }
            None => {
                let found = self.expr(&it.value, super::checker::Want::Value);
                self.inferred(&it.name, &it.value, found)
            }
        };
        self.leave(mark);
        let at = self.item_of(it.id);
        self.finish_body(super::effects::Owner::Const(self.decl(at)));
        self.take_back(outside);
        ty
    }

    fn item_of(&self, node: NodeId) -> usize {
        let items = self.items;
        items
            .iter()
            .position(|item| matches!(item, Item::Const(it) if it.id == node))
            .unwrap_or_default()
    }

    /// A constant that is asked for while it is being worked out needs itself.
    fn refuse_endless_constant(&mut self, at: usize) {
        let items = self.items;
        if self.progress.get(at) == Some(&Progress::Underway)
            && let Some(Item::Const(it)) = items.get(at)
        {
            self.progress[at] = Progress::Recursive;
            self.report(report::names::endless_constant(&it.name));
            self.declared[at] = Declared::Const(Type::Error);
        }
    }

    /// Reads a type that is written in a body or a signature.
    pub(super) fn read_type(&mut self, ty: &TypeExpr) -> Type {
        let params = std::mem::take(&mut self.type_params);
        let found = read_type::read(ty, &params, self);
        self.type_params = params;
        found
    }

    fn declared_type(&mut self, decl: DeclId, name: &Name) -> Type {
        if decl.file == self.file
            && let Some(Item::Type(_)) = self.items.get(decl.item as usize)
        {
            return self.alias_type(decl, name);
        }
        self.need(decl);
        match self.declared(decl) {
            Declared::Type(ty) => ty.clone(),
            Declared::Table(table) => table.row.clone(),
            Declared::Fn(_) | Declared::Const(_) => {
                let what = self.kind_of(decl);
                self.report(report::names::not_a_type(name.span, &name.text, what));
                Type::Error
            }
            Declared::Nothing => Type::Error,
        }
    }

    /// What a declaration is, for messages.
    pub(super) fn kind_of(&self, decl: DeclId) -> &'static str {
        match self.declared(decl) {
            Declared::Nothing => "something else",
            Declared::Fn(_) => "a function",
            Declared::Const(_) => "a constant",
            Declared::Type(_) => "a type",
            Declared::Table(_) => "a table",
        }
    }

    fn unknown_type(&mut self, name: &Name) {
        let declared = self.declared_names();
        let types = declared.iter().filter(|(_, decl)| {
            let items = &self.world.project.file(decl.file).tree.items;
            matches!(items.get(decl.item as usize), Some(Item::Type(_) | Item::Table(_)))
        });
        let own = types.map(|(name, _)| Candidate::weighing(name, 2));
        let built_in = BUILT_IN_NAMES.iter().map(|name| Candidate::weighing(name, 1));
        let library = self.library().type_names().map(|name| Candidate::weighing(name, 0));
        let near = nearest(&name.text, own.chain(built_in).chain(library));
        let diagnostic = report::names::unknown_type(name.span, &name.text, &near);
        self.report(diagnostic);
    }

    /// Lays aside the body that we are in, to look at a declaration that it needs.
    fn set_aside(&mut self) -> Outside<'p> {
        Outside {
            scope: std::mem::take(&mut self.scope),
            facts: std::mem::take(&mut self.facts),
            touches: std::mem::take(&mut self.touches),
            blocks: std::mem::take(&mut self.blocks),
            unused: std::mem::take(&mut self.unused),
            is_broken: std::mem::take(&mut self.is_broken),
        }
    }

    fn take_back(&mut self, outside: Outside<'p>) {
        let Outside { scope, facts, touches, blocks, unused, is_broken } = outside;
        self.scope = scope;
        self.facts = facts;
        self.touches = touches;
        self.blocks = blocks;
        self.unused = unused;
        self.is_broken = is_broken;
    }
}

/// A body that is laid aside.
struct Outside<'p> {
    scope: super::scope::Scope<'p>,
    facts: super::facts::Facts,
    touches: super::touch::Touches,
    blocks: Vec<Stmts<'p>>,
    unused: Vec<crate::diagnostics::Diagnostic>,
    is_broken: bool,
}

impl TypeNames for Checker<'_> {
    fn named(&mut self, module: Option<&Name>, name: &Name) -> Type {
        if self.file_scope().is_none() {
            return self.library().named_type(&name.text).cloned().unwrap_or(Type::Error);
        }
        if let Some(module) = module {
            return match self.lookup(&module.text) {
                Found::Module(file) => {
                    match self.world.scopes[file.0 as usize].own(file, &name.text) {
                        Some(decl) => self.declared_type(decl, name),
                        None => {
                            self.unknown_type(name);
                            Type::Error
                        }
                    }
                }
                Found::Nothing | Found::Decl(_) | Found::Several(_) => {
                    self.report(report::names::unknown_name(module.span, &module.text, &[]));
                    Type::Error
                }
            };
        }
        match self.lookup(&name.text) {
            Found::Decl(decl) => self.declared_type(decl, name),
            Found::Several(modules) => {
                self.report(report::names::ambiguous(name.span, &name.text, &modules));
                Type::Error
            }
            Found::Module(_) => {
                self.report(report::names::not_a_type(name.span, &name.text, "a module"));
                Type::Error
            }
            Found::Nothing => match self.library().named_type(&name.text) {
                Some(ty) => ty.clone(),
                None => {
                    self.unknown_type(name);
                    Type::Error
                }
            },
        }
    }

    fn resolved(&mut self, id: NodeId, ty: &Type) {
        self.tables.type_exprs.insert(id, ty.clone());
    }

    fn may_choose(&self) -> bool {
        self.file_scope().is_none()
    }

    fn wrong(&mut self, problem: Problem<'_>) {
        self.report(match problem {
            Problem::DuplicateField(first, second) => report::names::duplicate_field(first, second),
            Problem::MapKey(key) => {
                let text = self.source.slice(key.span);
                report::types::written_map_key(key.span, text)
            }
            Problem::Choice(ty) => report::types::choice_of_types(ty.span),
        });
    }
}

/// Whether a value of a type would hold another one of its own type without end: not behind `?`, in a list or in a map.
fn holds_itself(ty: &Type, decl: DeclId) -> bool {
    match ty {
        Type::Named(named) => named.decl == decl,
        Type::Record(record) => record.fields.iter().any(|it| holds_itself(&it.ty, decl)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine, found_in};

    #[test]
    fn declarations_may_be_used_before_they_are_made() {
        fine(
            "print(f(B))\nconst B = A + 1\nconst A = 2\nfn f(x: Money) -> Money { return x * C }\nconst C = 1.5\ntype Money = decimal",
        );
    }

    #[test]
    fn types_may_mention_themselves_behind_an_end() {
        fine(
            "type Tree = { value: int, children: [Tree], parent: Tree? }\nfn depth(t: Tree) -> int {\n  return 1 + (t.children.map(c => depth(c)).max() ?? 0)\n}\nprint(depth({ value: 1, children: [{ value: 2, children: [] }] }))",
        );
        finds(
            "type T = { a: T }\nfn f(t: T) { print(1) }\nprint(1)",
            &["endless-declaration at `T`"],
        );
        finds("type A = B\ntype B = A\nprint(1)", &["endless-declaration at `A`"]);
        fine(
            "type A = { b: B? }\ntype B = { a: [A] }\nfn f(a: A) -> B? { return a.b }\nprint(f({ b: { a: [{}] } }))",
        );
    }

    #[test]
    fn constants_do_not_need_themselves() {
        finds("const A = B\nconst B = A\nprint(A)", &["endless-declaration at `A`"]);
    }

    #[test]
    fn wrong_types_are_said_once() {
        finds("fn f(x: itn) -> int { return x + 1 }\nprint(f(1))", &["unknown-type at `itn`"]);
        finds(
            "type Line = { a: int, a: text }\nfn f(l: Line) { print(l.a) }\nprint(1)",
            &["duplicate-name at `a`"],
        );
        finds("fn f() { print(1) }\nlet x: f = 1\nprint(x)", &["unknown-type at `f`"]);
    }

    #[test]
    fn names_of_modules() {
        let shop =
            "fn price() -> decimal { return 1.5 }\ntype Line = { sku: text }\nconst RATE = 2\n";
        assert_eq!(
            found_in(&[
                ("main", "use shop\nlet l: Line = { sku: \"a\" }\nprint(price() * RATE)\nprint(l)"),
                ("shop", shop)
            ]),
            [""; 0]
        );
        assert_eq!(
            found_in(&[
                (
                    "main",
                    "use shop as s\nlet l: s.Line = { sku: \"a\" }\nprint(s.price() * s.RATE)\nprint(l)"
                ),
                ("shop", shop)
            ]),
            [""; 0]
        );
        assert_eq!(
            found_in(&[("main", "use shop as s\nprint(s.prize())"), ("shop", shop)]),
            ["unknown-name at `prize`"]
        );
        assert_eq!(
            found_in(&[("main", "use shpo\nprint(1)"), ("shop", shop)]),
            ["unknown-module at `shpo`"]
        );
        assert_eq!(
            found_in(&[
                ("main", "use a\nuse b\nprint(x())"),
                ("a", "fn x() -> int { return 1 }"),
                ("b", "fn x() -> int { return 2 }")
            ]),
            ["ambiguous-name at `x`"]
        );
        assert_eq!(
            found_in(&[
                ("a", "use b\nfn x() -> int { return 1 }"),
                ("b", "use a\nfn y() -> int { return 2 }")
            ]),
            ["import-cycle at `use a`"]
        );
        assert_eq!(
            found_in(&[
                ("main", "use lib/money\nprint(net(1))"),
                ("lib/money", "fn net(x: int) -> int { return x }")
            ]),
            [""; 0]
        );
        assert_eq!(
            found_in(&[("main", "use other\nprint(1)"), ("other", "print(2)")]),
            ["unknown-module at `other`"]
        );
    }

    #[test]
    fn a_name_stands_for_one_thing() {
        finds("let x = 1\nlet x = 2\nprint(x)", &["duplicate-name at `x`"]);
        finds("fn f() { print(1) }\nfn f() { print(2) }\nf()", &["duplicate-name at `f`"]);
        finds("fn f() { print(1) }\nlet f = 2\nprint(f)", &["duplicate-name at `f`"]);
        fine(
            "let x = 1\nprint([1].map(x => x + 1))\nif x > 0 {\n  let x = \"a\"\n  print(x.upper())\n}",
        );
        finds("print(x)\nlet x = 1", &["used-before-set at `x`"]);
        finds("fn f() -> int { return x }\nlet x = 1\nprint(f() + x)", &["unknown-name at `x`"]);
    }

    #[test]
    fn unused_variables_are_said_where_nothing_else_is_wrong() {
        finds("let n = 1", &["unused-name at `n`"]);
        finds("let total = 1\nprint(totl)", &["unknown-name at `totl`"]);
        fine("let _n = 1\nfn f(x: int) { print(1) }\nf(1)");
    }

    #[test]
    fn what_nobody_can_use_is_said_of_tasks() {
        finds("fn f() -> int { return 1 }\nprint(1)", &["unused-name at `f`"]);
        finds(
            "const N = 1\ntype T = { a: int }\nprint(1)",
            &["unused-name at `N`", "unused-name at `T`"],
        );
        fine("fn f() -> int { return 1 }");
        let shop = "fn price() -> int { return 1 }";
        assert_eq!(
            found_in(&[("main", "use shop\nprint(1)"), ("shop", shop)]),
            ["unused-name at `use shop`"]
        );
    }

    #[test]
    fn files_are_called_as_names() {
        assert_eq!(found_in(&[("Late-Orders", "print(1)")]), ["file-name at `print(1)`"]);
        assert_eq!(
            found_in(&[("a/x", "print(1)"), ("b/x", "print(2)")]),
            ["duplicate-name at `print(2)`"]
        );
    }

    #[test]
    fn generic_functions_come_to_an_end() {
        finds(
            "fn f<T>(x: T) -> int { return f([x]) }\nprint(f(1))",
            &["endless-declaration at `f`"],
        );
        fine(
            "fn f<T>(xs: [T]) -> int { return if xs.is_empty() { 0 } else { 1 + f(xs.skip(1)) } }\nprint(f([1]))",
        );
    }

    #[test]
    fn kept_variables_belong_to_the_task() {
        fine("keep cursor: int = 0\ncursor += 1\nprint(cursor)");
        finds("keep f: fn() -> int = () => 1\nprint(1)", &["wrong-type at `f`"]);
        finds("keep n = 0\nfn f() -> int { return n }\nprint(f() + n)", &["unknown-name at `n`"]);
    }
}
