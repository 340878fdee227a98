//! Where names stand in a file, and what each stands for.

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{View, names};
use crate::check::checked::{LibraryFn, Resolution, TableCall, Tables, Target};
use crate::check::types::{DeclId, Type};
use crate::source::{FileId, Span};
use crate::syntax::tree::{
    Arg, Call, ColumnMark, Expr, ExprKind, FieldBinding, Item, LetTarget, Name, NodeId, RecordPart,
    Stmt, StmtKind, TableMember, TextPart, TypeExprKind,
};
use crate::syntax::walk::{self, Node};

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Symbol {
    /// A variable or parameter, by the place where its name is first written.
    Local(Span),
    /// A `const`, `fn`, `type` or `table`.
    Decl(DeclId),
    /// A column of a table.
    Column(DeclId, EcoString),
    /// A module of the project.
    Module(FileId),
    /// A function of the library.
    Library(LibraryFn),
    /// A module of the library.
    LibraryModule(EcoString),
    /// A field of the run.
    Run(EcoString),
    /// `secret.NAME` or `env.NAME`: what stands before and behind the dot.
    Setting(EcoString, EcoString),
    /// A database source.
    Source(EcoString),
}

/// How a name stands where it stands. Of two for one name the first of this list is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// `name` in `{ name }`: a field and a variable in one, of which the variable is meant.
    ShortValue,
    /// `name` in `{ name }`: a field and a variable in one, of which the field is meant.
    ShortField,
    /// Brings what it stands for into being.
    Declares,
    /// Uses it.
    Uses,
}

/// A name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Where it stands.
    pub span: Span,
    /// What it stands for.
    pub symbol: Symbol,
    /// How.
    pub role: Role,
}

/// All names of the view's file, in order.
#[must_use]
pub(super) fn all(view: &View<'_>) -> Vec<Occurrence> {
    let tree = view.tree();
    let mut bindings = FxHashMap::default();
    walk::each(tree, &mut |node| match node {
        Node::Binding(it) => {
            bindings.insert(it.id, it.name.span);
        }
        Node::Param(it) => {
            bindings.insert(it.id, it.name.span);
        }
        Node::Keep(it) => {
            bindings.insert(it.id, it.name.span);
        }
        _ => {}
    });
    let tables = &view.facts().tables;
    let mut collector = Collector { view, tables, bindings, found: Vec::new() };
    for (at, item) in (0..).zip(&tree.items) {
        collector.item(DeclId { file: view.file, item: at }, item);
    }
    walk::each(tree, &mut |node| collector.node(node));
    let mut found = collector.found;
    found.retain(|it| it.span.start < it.span.end);
    found.sort_by_key(|it| (it.span.start, it.span.end, it.role));
    let mut seen = FxHashSet::default();
    found.retain(|it| seen.insert((it.span, it.symbol.clone())));
    found
}

/// The names that a place touches; where two meet in one, the variable before the field.
pub(super) fn at(view: &View<'_>, offset: u32) -> Vec<Occurrence> {
    let mut found = all(view);
    found.retain(|it| it.span.touches(offset));
    // Between two names that touch, the one that begins here is meant.
    found.sort_by_key(|it| (it.span.end == offset, it.role == Role::ShortField));
    found
}

struct Collector<'a, 'v> {
    view: &'v View<'a>,
    tables: &'v Tables,
    bindings: FxHashMap<NodeId, Span>,
    found: Vec<Occurrence>,
}

impl<'a> Collector<'a, '_> {
    fn add(&mut self, span: Span, symbol: Symbol, role: Role) {
        self.found.push(Occurrence { span, symbol, role });
    }

    fn uses(&mut self, span: Span, symbol: Symbol) {
        self.add(span, symbol, Role::Uses);
    }

    fn item(&mut self, decl: DeclId, item: &'a Item) {
        if let Some(name) = crate::check::declared_name(item) {
            self.add(name.span, Symbol::Decl(decl), Role::Declares);
        }
        match item {
            Item::Use(it) => {
                let used = names::uses(self.view).find(|(other, _)| other.id == it.id);
                if let (Some((_, file)), Some(last)) = (used, it.path.last()) {
                    self.uses(last.span, Symbol::Module(file));
                    if let Some(alias) = &it.alias {
                        self.uses(alias.span, Symbol::Module(file));
                    }
                }
            }
            Item::Table(table) => {
                if let Some(source) = &table.source {
                    self.uses(source.span, Symbol::Source(source.text.clone()));
                }
                for member in &table.members {
                    self.table_member(decl, member);
                }
            }
            _ => {}
        }
    }

    fn table_member(&mut self, decl: DeclId, member: &TableMember) {
        match member {
            TableMember::Column(column) => {
                let symbol = Symbol::Column(decl, column.name.text.clone());
                self.add(column.name.span, symbol, Role::Declares);
                for mark in &column.marks {
                    if let ColumnMark::Reference(name) = mark {
                        self.declared(None, name);
                    }
                }
            }
            TableMember::Index(index) => {
                for name in &index.columns {
                    self.uses(name.span, Symbol::Column(decl, name.text.clone()));
                }
            }
            TableMember::Error(_) => {}
        }
    }

    fn declared(&mut self, qualifier: Option<&str>, name: &Name) {
        if let Some(decl) = names::find_in(self.view, qualifier, &name.text) {
            self.uses(name.span, Symbol::Decl(decl));
        }
    }

    fn node(&mut self, node: Node<'a>) {
        match node {
            Node::Binding(it) => {
                self.add(it.name.span, Symbol::Local(it.name.span), Role::Declares);
            }
            Node::Param(it) => {
                self.add(it.name.span, Symbol::Local(it.name.span), Role::Declares);
            }
            Node::Keep(it) => self.add(it.name.span, Symbol::Local(it.name.span), Role::Declares),
            Node::Stmt(stmt) => self.stmt(stmt),
            Node::Type(ty) => {
                if let TypeExprKind::Name { module, name } = &ty.kind {
                    self.module_name(module.as_ref());
                    self.declared(module.as_ref().map(|it| it.text.as_str()), name);
                }
            }
            Node::Expr(expr) => self.expr(expr),
            _ => {}
        }
    }

    fn module_name(&mut self, name: Option<&Name>) {
        if let Some(name) = name
            && let Some(file) = names::module(self.view, &name.text)
        {
            self.uses(name.span, Symbol::Module(file));
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let(it) => {
                if let LetTarget::Fields(fields, _) = &it.target {
                    let table = self.table_of(&it.value);
                    fields.iter().for_each(|field| self.field_binding(table, field));
                }
            }
            StmtKind::Transaction(Some(source), _) => {
                self.uses(source.span, Symbol::Source(source.text.clone()));
            }
            _ => {}
        }
    }

    /// `{ email }` names a field and a variable at once.
    fn field_binding(&mut self, table: Option<DeclId>, field: &FieldBinding) {
        let is_short = field.field.span == field.binding.name.span;
        let role = if is_short { Role::ShortField } else { Role::Uses };
        if let Some(table) = table {
            self.add(field.field.span, Symbol::Column(table, field.field.text.clone()), role);
        }
        if is_short {
            let symbol = Symbol::Local(field.binding.name.span);
            self.add(field.binding.name.span, symbol, Role::ShortValue);
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Name(_) => {
                if let Some(symbol) = self.resolved(expr.id) {
                    self.uses(expr.span, symbol);
                }
            }
            ExprKind::Field(field) => {
                let symbol = self.resolved(expr.id).or_else(|| {
                    let table = self.table_of(&field.base)?;
                    self.has_column(table, &field.name.text)
                        .then(|| Symbol::Column(table, field.name.text.clone()))
                });
                if let Some(symbol) = symbol {
                    self.uses(field.name.span, symbol);
                }
            }
            ExprKind::Record(parts) => {
                for part in parts {
                    if let RecordPart::Short(name, value) = part
                        && let Some(symbol) = self.resolved(value.id)
                    {
                        self.add(name.span, symbol, Role::ShortValue);
                    }
                }
            }
            ExprKind::Call(call) => self.call(expr, call),
            ExprKind::Update(update) => {
                if let Some(table) = self.named_table(&update.table) {
                    self.row(table, &update.set);
                }
            }
            _ => {}
        }
    }

    fn call(&mut self, expr: &'a Expr, call: &'a Call) {
        let Some(plan) = self.tables.calls.get(&expr.id) else { return };
        let callee = match &call.callee.kind {
            ExprKind::Field(field) => field.name.span,
            _ => call.callee.span,
        };
        match &plan.target {
            Target::Fn(decl) => {
                self.uses(callee, Symbol::Decl(*decl));
                let Item::Fn(function) = names::item(self.view, *decl) else { return };
                for name in call.args.iter().filter_map(|it| it.name.as_ref()) {
                    let mut params = function.params.iter();
                    if let Some(param) = params.find(|it| it.name.text == name.text) {
                        self.uses(name.span, Symbol::Local(param.name.span));
                    }
                }
            }
            Target::Library(function) => self.uses(callee, Symbol::Library(function.clone())),
            Target::Table(decl, which) => self.table_call(*decl, *which, &call.args),
            Target::Value | Target::Aggregate(_) | Target::DirectSql | Target::RunTask => {}
        }
    }

    fn table_call(&mut self, table: DeclId, which: TableCall, args: &'a [Arg]) {
        for arg in args {
            match (&arg.name, which) {
                (Some(name), TableCall::Get | TableCall::Has | TableCall::Delete)
                    if self.has_column(table, &name.text) =>
                {
                    self.uses(name.span, Symbol::Column(table, name.text.clone()));
                }
                (Some(name), TableCall::Upsert) if name.text == "on" => {
                    self.named_in_text(table, &arg.value);
                }
                (None, _) => self.row(table, &arg.value),
                (Some(_), _) => {}
            }
        }
    }

    fn named_in_text(&mut self, table: DeclId, value: &Expr) {
        if let ExprKind::Text(text) = &value.kind
            && let [TextPart::Literal(name, span)] = text.parts.as_slice()
            && self.has_column(table, name)
        {
            self.uses(*span, Symbol::Column(table, name.clone()));
        }
    }

    /// The fields of record literals that become rows of a table.
    fn row(&mut self, table: DeclId, value: &Expr) {
        match &value.kind {
            ExprKind::Record(parts) => {
                for part in parts {
                    let (name, role) = match part {
                        RecordPart::Field(name, _) => (name, Role::Uses),
                        RecordPart::Short(name, _) => (name, Role::ShortField),
                        RecordPart::Spread(_) => continue,
                    };
                    if self.has_column(table, &name.text) {
                        self.add(name.span, Symbol::Column(table, name.text.clone()), role);
                    }
                }
            }
            ExprKind::List(items) => items.iter().for_each(|it| self.row(table, it)),
            _ => {}
        }
    }

    fn named_table(&self, expr: &Expr) -> Option<DeclId> {
        match self.tables.names.get(&expr.id)? {
            Resolution::Table(decl) => Some(*decl),
            _ => None,
        }
    }

    fn has_column(&self, table: DeclId, name: &str) -> bool {
        match names::item(self.view, table) {
            Item::Table(it) => names::columns(it).any(|column| column.name.text == name),
            _ => false,
        }
    }

    fn table_of(&self, expr: &Expr) -> Option<DeclId> {
        let ty = self.tables.types.get(expr.id.0 as usize)?;
        match ty.without_null() {
            Type::Record(_) => names::table_of(self.view, ty),
            _ => None,
        }
    }

    fn resolved(&self, id: NodeId) -> Option<Symbol> {
        Some(match self.tables.names.get(&id)? {
            Resolution::Local(node) | Resolution::Kept(node) => {
                Symbol::Local(*self.bindings.get(node)?)
            }
            Resolution::Const(decl) | Resolution::Fn(decl) | Resolution::Table(decl) => {
                Symbol::Decl(*decl)
            }
            Resolution::Module(name) => match names::module(self.view, name) {
                Some(file) => Symbol::Module(file),
                None => Symbol::LibraryModule(name.clone()),
            },
            Resolution::Setting { module, name } => Symbol::Setting(module.clone(), name.clone()),
            Resolution::Run(field) => Symbol::Run(field.clone()),
            Resolution::Source(name) => Symbol::Source(name.clone()),
            Resolution::Library(function) => Symbol::Library(function.clone()),
        })
    }
}
