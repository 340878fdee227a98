//! The checker of one file: what it reads, what it writes, and the small things that every rule needs.

use std::sync::Arc;

use ecow::EcoString;

use super::bindings::Stmts;
use super::chain::{owner, root};
use super::checked::Tables;
use super::declare::Progress;
use super::declared::Declared;
use super::effects::Owner;
use super::facts::Facts;
use super::library::Library;
use super::names::FileScope;
use super::project::Project;
use super::query::Queries;
use super::scope::{LocalId, LocalKind, Scope};
use super::touch::Touches;
use super::types::{DeclId, NamedType, Type};
use super::used::Used;
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Source, Span};
use crate::syntax::tree::{self, Item, NodeId};

/// What is known of the project while its files are being checked.
pub(super) struct World<'p> {
    pub(super) project: &'p Project,
    pub(super) library: &'p Library,
    /// Which names each file sees.
    pub(super) scopes: Vec<FileScope>,
    /// What each file declares; empty for a file whose turn has not come.
    pub(super) declared: Vec<Arc<Vec<Declared>>>,
}

/// Checks one file, or one declaration of the library.
pub(super) struct Checker<'p> {
    pub(super) world: &'p World<'p>,
    pub(super) file: FileId,
    /// The text being checked.
    pub(super) source: &'p Source,
    /// What stands in it.
    pub(super) items: &'p [Item],
    /// What its first lines say of the task.
    pub(super) docs: &'p Option<EcoString>,
    /// What this file's items declare, as far as it is known.
    pub(super) declared: Vec<Declared>,
    /// How far each of this file's items has been worked out.
    pub(super) progress: Vec<Progress>,
    pub(super) tables: Tables,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The variables in scope.
    pub(super) scope: Scope<'p>,
    /// Where the variables of the innermost block begin.
    block_start: LocalId,
    /// How many blocks we are in.
    pub(super) block_depth: u32,
    /// The statements of the blocks that we are in, outermost first.
    pub(super) blocks: Vec<Stmts<'p>>,
    /// What is known here of the types of variables.
    pub(super) facts: Facts,
    /// The type parameters of the function that we are in.
    pub(super) type_params: Vec<EcoString>,
    /// What the body that we are in touches.
    pub(super) touches: Touches,
    /// What the bodies that are done touch.
    pub(super) bodies: Vec<(Owner, Touches)>,
    /// Where we are in queries, and what of them is looked at later.
    pub(super) queries: Queries,
    /// Variables that nobody reads, said at the end of the body if nothing in it is broken.
    pub(super) unused: Vec<Diagnostic>,
    /// What the file has used so far.
    pub(super) used: Used,
    /// Whether something in this body could not be understood.
    pub(super) is_broken: bool,
    /// Whether we only look at arguments to choose among overloads, and will come again.
    pub(super) is_speculating: bool,
}

/// Where a block's variables begin, and those of the block around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScopeMark {
    start: LocalId,
    outer: LocalId,
}

/// What the place of an expression wants of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Want<'t> {
    /// Nobody looks at the value.
    Nothing,
    /// A value of whatever type it has.
    Value,
    /// A value that should agree with this type; whoever wants it compares.
    Type(&'t Type),
}

impl<'t> Want<'t> {
    /// The type that is wanted.
    pub(super) fn ty(self) -> Option<&'t Type> {
        match self {
            Self::Type(ty) => Some(ty),
            Self::Nothing | Self::Value => None,
        }
    }
}

/// What is said of where a variable is made whose type is known.
pub(super) const DECLARED_HERE: &str = "is declared here";

impl<'p> Checker<'p> {
    /// A checker that has seen nothing yet.
    pub(super) fn new(world: &'p World<'p>, source: &'p Source, tree: &'p tree::File) -> Self {
        let scope = Scope::default();
        let tables =
            Tables { types: vec![Type::Error; tree.node_count as usize], ..Tables::default() };
        Self {
            world,
            file: source.id,
            source,
            items: &tree.items,
            docs: &tree.docs,
            declared: Vec::new(),
            progress: Vec::new(),
            tables,
            diagnostics: Vec::new(),
            block_start: scope.mark(),
            block_depth: 0,
            scope,
            blocks: Vec::new(),
            facts: Facts::default(),
            type_params: Vec::new(),
            touches: Touches::default(),
            bodies: Vec::new(),
            queries: Queries::default(),
            unused: Vec::new(),
            used: Used::default(),
            is_broken: false,
            is_speculating: false,
        }
    }

    /// The library.
    pub(super) fn library(&self) -> &'p Library {
        self.world.library
    }

    /// The names that the file sees; nothing for a declaration of the library, which sees the library alone.
    pub(super) fn file_scope(&self) -> Option<&'p FileScope> {
        self.world.scopes.get(self.file.0 as usize)
    }

    /// Begins a block: what it declares may hide what is outside, but not itself.
    pub(super) fn open_scope(&mut self) -> ScopeMark {
        let start = self.scope.mark();
        self.block_depth += 1;
        ScopeMark { start, outer: std::mem::replace(&mut self.block_start, start) }
    }

    /// Ends a block: its variables go out of scope, and those that nobody read are noted.
    pub(super) fn close_scope(&mut self, mark: ScopeMark) {
        self.block_start = mark.outer;
        self.block_depth -= 1;
        let mut unused = Vec::new();
        self.scope.close(mark.start, |local| {
            let is_silent = local.is_used || local.name.starts_with('_') || local.ty.is_error();
            if !is_silent && matches!(local.kind, LocalKind::Let | LocalKind::Var) {
                unused.push(local);
            }
        });
        for local in unused.into_iter().rev() {
            self.note_unused(&local);
        }
    }

    /// Where the variables of the innermost block begin.
    pub(super) fn scope_start(&self) -> LocalId {
        self.block_start
    }

    /// What a declaration of any file declares.
    pub(super) fn declared(&self, decl: DeclId) -> &Declared {
        let items = if decl.file == self.file {
            &self.declared
        } else {
            &*self.world.declared[decl.file.0 as usize]
        };
        items.get(decl.item as usize).unwrap_or(&Declared::Nothing)
    }

    /// Says something.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        let diagnostic = match diagnostic.code {
            "wrong-type" | "no-operator" | "not-comparable" | "not-a-function"
            | "unknown-method" => self.with_origins(diagnostic),
            _ => diagnostic,
        };
        self.diagnostics.push(diagnostic);
    }

    /// Adds where the variables are made that a finding about types is about, unless that is in sight.
    fn with_origins(&self, diagnostic: Diagnostic) -> Diagnostic {
        let line = |span: Span| self.source.position(span.start).line;
        let own = line(diagnostic.span());
        let mut origins: Vec<(Span, String)> = Vec::new();
        for label in diagnostic.labels.iter().filter(|it| it.span.file == self.file) {
            let (text, at) = (&self.source.text, label.span.start);
            for name in [root(text, at), owner(text, at)] {
                let Some(id) = self.scope.find(name) else { continue };
                let made = self.scope.get(id).span;
                let is_known = diagnostic.labels.iter().any(|it| line(it.span) == line(made))
                    || origins.iter().any(|it| it.0 == made);
                if line(made) + 1 < own && !is_known {
                    origins.push((made, format!("`{name}` {DECLARED_HERE}")));
                }
            }
        }
        origins.into_iter().fold(diagnostic, |it, (span, why)| it.label(span, why))
    }

    /// Takes note of a node's type and hands it on.
    pub(super) fn set_type(&mut self, node: NodeId, ty: Type) -> Type {
        if let Some(slot) = self.tables.types.get_mut(node.0 as usize) {
            slot.clone_from(&ty);
        }
        ty
    }

    /// The type that was found for a node.
    pub(super) fn type_of(&self, node: NodeId) -> &Type {
        self.tables.types.get(node.0 as usize).unwrap_or(&Type::Error)
    }

    /// The type behind a name that mentions itself; any other type as it is.
    pub(super) fn open(&self, ty: &Type) -> Type {
        match ty {
            Type::Named(named) => self.expand(named),
            other => other.clone(),
        }
    }

    /// The type behind a name that mentions itself.
    pub(super) fn expand(&self, named: &NamedType) -> Type {
        match self.declared(named.decl) {
            Declared::Type(ty) => ty.clone(),
            _ => Type::Error,
        }
    }
}
