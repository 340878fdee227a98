//! Names in expressions: variables first, then declarations, then what the language and the library bring along.

use ecow::EcoString;

use super::checked::Resolution;
use super::checker::Checker;
use super::declared::Declared;
use super::facts::Place;
use super::library::{EntryId, PRELUDE};
use super::names::Found;
use super::project::ProjectFile;
use super::report;
use super::scope::{FrameKind, Local, LocalId, LocalKind};
use super::types::{DeclId, Type};
use crate::diagnostics::suggest::foreign::{Foreign, foreign};
use crate::diagnostics::suggest::{Candidate, certain, nearest};
use crate::source::{FileId, Span};
use crate::syntax::tree::{Expr, ExprKind, Item, Name};

/// What a name that is no variable stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// A declaration of the project.
    Decl(DeclId),
    /// A module that was named with `as`.
    Module(FileId),
    /// `run`
    Run,
    /// `secret` or `env`
    Settings(&'static str),
    /// `db`, or a source of the settings.
    Source(EcoString),
    /// A function of the library that is called bare.
    Prelude(EntryId),
    /// A module of the library.
    LibraryModule(EcoString),
    /// Several declarations; has been reported where it was looked up.
    Ambiguous,
}

impl Checker<'_> {
    /// A bare name as a value.
    pub(super) fn name(&mut self, expr: &Expr, name: &EcoString) -> Type {
        if name.is_empty() {
            self.saw_error();
            return Type::Error;
        }
        if let Some(local) = self.scope.find(name) {
            return self.local(expr, local);
        }
        match self.named(name, expr.span) {
            Some(named) => self.named_value(expr, name, named),
            None => self.unknown_name(expr.span, name),
        }
    }

    /// Reads a variable.
    fn local(&mut self, expr: &Expr, id: LocalId) -> Type {
        self.scope.capture(id);
        let local = self.scope.get_mut(id);
        local.is_used = true;
        let (node, declared) = (local.node, local.ty.clone());
        let resolution = match local.kind {
            LocalKind::Kept => Resolution::Kept(node),
            LocalKind::Let
            | LocalKind::Var
            | LocalKind::Param
            | LocalKind::Loop
            | LocalKind::Row
            | LocalKind::Error
            | LocalKind::Pattern => Resolution::Local(node),
        };
        self.tables.names.insert(expr.id, resolution);
        if self.facts.is_empty() {
            return declared;
        }
        self.facts.get(&Place { root: node, path: Vec::new() }).cloned().unwrap_or(declared)
    }

    /// What a name that is no variable stands for.
    pub(super) fn named(&mut self, name: &EcoString, span: Span) -> Option<Named> {
        match self.lookup(name) {
            Found::Decl(decl) => return Some(Named::Decl(decl)),
            Found::Module(file) => return Some(Named::Module(file)),
            Found::Several(modules) => {
                self.report(report::names::ambiguous(span, name, &modules));
                return Some(Named::Ambiguous);
            }
            Found::Nothing => {}
        }
        match name.as_str() {
            "run" => return Some(Named::Run),
            "secret" => return Some(Named::Settings("secret")),
            "env" => return Some(Named::Settings("env")),
            "db" => return Some(Named::Source(name.clone())),
            _ => {}
        }
        if name == "main" || self.world.project.settings.sources.contains(name) {
            return Some(Named::Source(name.clone()));
        }
        if let Some(entry) = self.library().functions(PRELUDE, name).next() {
            return Some(Named::Prelude(entry));
        }
        self.library().has_module(name).then(|| Named::LibraryModule(name.clone()))
    }

    fn named_value(&mut self, expr: &Expr, name: &EcoString, named: Named) -> Type {
        let (what, help) = match named {
            Named::Decl(decl) => return self.declared_value(expr, decl),
            Named::Ambiguous => return Type::Error,
            Named::Prelude(entry) => return self.library_value(expr, entry),
            Named::Module(_) => ("a module", format!("name what you want of it: `{name}.Order`")),
            Named::Run => ("the run", "name what you want of it: `run.due`".to_owned()),
            Named::Settings("secret") => {
                ("where secrets are", "name the one you want: `secret.API_KEY`".to_owned())
            }
            Named::Settings(_) => {
                ("the environment", "name the variable you want: `env.REGION`".to_owned())
            }
            Named::Source(_) => {
                ("a source", format!("call one of its functions: `{name}.query<Row>(\"…\")`"))
            }
            Named::LibraryModule(_) => {
                let mut functions = self.library().function_names(name);
                let first = functions.next().unwrap_or("f");
                let first = functions.find(|it| *it == "info").unwrap_or(first);
                ("a module", format!("call one of its functions: `{name}.{first}(…)`"))
            }
        };
        self.report(report::names::not_a_value(expr.span, name, what, &help));
        Type::Error
    }

    /// A declaration as a value.
    pub(super) fn declared_value(&mut self, expr: &Expr, decl: DeclId) -> Type {
        self.need(decl);
        let (resolution, ty) = match self.declared(decl) {
            Declared::Const(ty) => (Resolution::Const(decl), Ok(ty.clone())),
            Declared::Fn(signature) => (
                Resolution::Fn(decl),
                signature.as_type().ok_or((
                    signature.name.clone(),
                    "generic",
                    "wrap it: `x => f(x)`".to_owned(),
                )),
            ),
            Declared::Table(table) => {
                let name = table.name.clone();
                let help = format!("read it with a query: `from x in {name}`");
                (Resolution::Table(decl), Err((name, "a table", help)))
            }
            Declared::Type(_) => {
                let name: EcoString = self.source.slice(expr.span).into();
                let help = format!("write a value: `let x: {name} = …`");
                self.report(report::names::not_a_value(expr.span, &name, "a type", &help));
                return Type::Error;
            }
            Declared::Nothing => return Type::Error,
        };
        self.touch_value(&resolution, expr.span);
        self.tables.names.insert(expr.id, resolution);
        match ty {
            Ok(ty) => ty,
            Err((name, what, help)) => {
                self.report(report::names::not_a_value(expr.span, &name, what, &help));
                Type::Error
            }
        }
    }

    /// A function of the library as a value: only one that has a single type.
    pub(super) fn library_value(&mut self, expr: &Expr, entry: EntryId) -> Type {
        let declaration = self.library().declaration(entry);
        match declaration.signature.as_type() {
            Some(ty) => {
                self.tables.names.insert(expr.id, Resolution::Library(declaration.id.clone()));
                self.touch_library(declaration, expr.span);
                ty
            }
            None => {
                let name = &declaration.signature.name;
                let help = format!("call it, or wrap it: `x => {name}(x)`");
                self.report(report::names::not_a_value(expr.span, name, "generic", &help));
                Type::Error
            }
        }
    }

    /// Reports a name that stands for nothing, with what was probably meant.
    pub(super) fn unknown_name(&mut self, span: Span, name: &EcoString) -> Type {
        self.saw_error();
        if self.is_out_of_reach(span, name)
            || self.is_column(span, name)
            || self.is_elsewhere("unknown-name", span, name)
        {
            return Type::Error;
        }
        let known = self.visible_names();
        let candidates = || known.iter().map(|(name, weight)| Candidate::weighing(name, *weight));
        let diagnostic = match certain(name, candidates()) {
            Some(meant) if !foreign(name).is_some_and(Foreign::is_call) => {
                report::names::misspelt_name(span, name, meant)
            }
            _ => report::names::unknown_name(span, name, &nearest(name, candidates())),
        };
        for (meant, _) in &known {
            if diagnostic.fixes.iter().any(|fix| fix.edits.iter().any(|it| it.text == *meant)) {
                self.mark_used(meant);
            }
        }
        self.report(diagnostic);
        Type::Error
    }

    /// Whether a module of the project declares a name that this file does not use; reports it as such.
    pub(super) fn is_elsewhere(&mut self, code: &'static str, span: Span, name: &str) -> bool {
        let project = self.world.project;
        let folder = project.file(self.file).folder();
        let offers = |file: &&ProjectFile| {
            let scope = &self.world.scopes[file.source.id.0 as usize];
            file.folder() == folder && !file.is_task() && scope.own(file.source.id, name).is_some()
        };
        let mut offering = project.files().iter().filter(offers);
        let (Some(module), None) = (offering.next(), offering.next()) else { return false };
        let end = |item: &Item| match item {
            Item::Header(it) => Some(it.span.end),
            Item::Use(it) => Some(it.span.end),
            _ => None,
        };
        let behind = self.items.iter().map_while(end).last();
        let text = &self.source.text;
        let line = |end: u32| text[end as usize..].find('\n').map_or(0, |at| end as usize + at + 1);
        let at = behind.map_or(0, |end| u32::try_from(line(end)).unwrap_or(0));
        let at = Span { start: at, end: at, ..span };
        self.report(report::names::not_used(code, span, name, module.stem(), at));
        true
    }

    /// Whether a name is a column of the row that we are looking at; reports it as such.
    fn is_column(&mut self, span: Span, name: &str) -> bool {
        let is_row = |it: &&Local| matches!(it.kind, LocalKind::Row | LocalKind::Loop);
        let has = |it: &&Local| match self.open(&it.ty) {
            Type::Record(record) => record.slot(name).is_some(),
            _ => false,
        };
        let Some(row) = self.scope.locals().iter().rev().filter(is_row).find(has) else {
            return false;
        };
        let (row, id) = (row.name.clone(), self.scope.find(&row.name));
        if let Some(id) = id {
            self.scope.get_mut(id).is_used = true;
        }
        self.report(report::names::column_alone(span, name, &row));
        true
    }

    /// Whether a name stands for a variable that cannot be seen from here; reports it as such.
    pub(super) fn is_out_of_reach(&mut self, span: Span, name: &str) -> bool {
        if let Some(binding) = self.binding_below(name) {
            self.report(report::names::used_before_set(self.source, span, name, binding));
            return true;
        }
        if let Some(binding) = self.task_variable(name) {
            self.report(report::names::task_variable(span, name, binding));
            return true;
        }
        false
    }

    /// A variable that was probably meant counts as used: its misspelling is one mistake, not two.
    pub(super) fn mark_used(&mut self, name: &str) {
        if let Some(id) = self.scope.find(name) {
            self.scope.get_mut(id).is_used = true;
        }
    }

    /// Every name that could stand for a value here; variables weigh more.
    pub(super) fn visible_names(&self) -> Vec<(EcoString, u8)> {
        let mut names: Vec<_> =
            self.scope.locals().iter().map(|local| (local.name.clone(), 2)).collect();
        names.extend(self.declared_names().into_iter().map(|(name, _)| (name, 1)));
        names.extend(["run", "secret", "env", "db", "main"].map(|name| (name.into(), 0)));
        names.extend(self.world.project.settings.sources.iter().map(|it| (it.clone(), 0)));
        names.extend(self.library().function_names(PRELUDE).map(|it| (it.into(), 0)));
        let modules = self.library().modules().filter(|it| self.library().has_module(it));
        names.extend(modules.map(|it| (it.into(), 0)));
        names
    }

    /// The declarations that the file sees bare, its own and those of modules, sorted by name.
    pub(super) fn declared_names(&self) -> Vec<(EcoString, DeclId)> {
        let Some(scope) = self.file_scope() else { return Vec::new() };
        let own = |file: FileId| {
            let names = self.world.scopes[file.0 as usize].own_names();
            names.map(move |(name, item)| (name.clone(), DeclId { file, item }))
        };
        let mut names: Vec<_> = own(self.file).collect();
        for import in scope.imports().iter().filter(|import| import.alias.is_none()) {
            names.extend(own(import.file));
        }
        names.sort();
        names
    }

    /// Where a variable of this name is made further down in the blocks that we are in.
    fn binding_below(&self, name: &str) -> Option<Span> {
        let blocks = self.blocks.iter().rev();
        blocks.flat_map(|block| block.bindings()).find(|it| it.text == name).map(|it| it.span)
    }

    /// Where the task makes a variable of this name, for functions that cannot see it.
    fn task_variable(&self, name: &str) -> Option<Span> {
        if self.scope.body_kind() != Some(FrameKind::Fn) {
            return None;
        }
        super::bindings::of_items(self.items).find(|it| it.text == name).map(|it| it.span)
    }
}

/// The name that an expression consists of.
pub(super) fn bare_name(expr: &Expr) -> Option<&EcoString> {
    match &expr.kind {
        ExprKind::Name(name) if !name.is_empty() => Some(name),
        _ => None,
    }
}

/// A name with its place, from a bare-name expression.
pub(super) fn as_name(expr: &Expr) -> Option<Name> {
    bare_name(expr).map(|text| Name { text: text.clone(), span: expr.span })
}
