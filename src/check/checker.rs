//! The checker of one file: what it reads, what it writes, and the small things that every rule needs.

use std::sync::Arc;

use super::agree::{self, Agreement};
use super::checked::Tables;
use super::declared::Declared;
use super::facts::Facts;
use super::library::Library;
use super::names::FileScope;
use super::project::{Project, ProjectFile};
use super::scope::{LocalId, LocalKind, Scope};
use super::types::{DeclId, NamedType, Type};
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Source, Span};
use crate::syntax::tree::{Binding, Expr, NodeId};

/// What is known of the project while its files are being checked.
pub(super) struct World<'p> {
    pub(super) project: &'p Project,
    pub(super) library: &'p Library,
    /// Which names each file sees.
    pub(super) scopes: Vec<FileScope>,
    /// What each file declares; empty for a file whose turn has not come.
    pub(super) declared: Vec<Arc<Vec<Declared>>>,
}

/// Checks one file.
pub(super) struct Checker<'p> {
    pub(super) world: &'p World<'p>,
    pub(super) file: FileId,
    /// What this file's items declare.
    pub(super) declared: Vec<Declared>,
    pub(super) tables: Tables,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) scope: Scope,
    pub(super) facts: Facts,
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

impl<'p> Checker<'p> {
    /// The library.
    pub(super) fn library(&self) -> &'p Library {
        self.world.library
    }

    /// The file being checked.
    pub(super) fn project_file(&self) -> &'p ProjectFile {
        self.world.project.file(self.file)
    }

    /// The text being checked.
    pub(super) fn source(&self) -> &'p Source {
        &self.project_file().source
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
        self.diagnostics.push(diagnostic);
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

    /// Brings a variable into scope.
    pub(super) fn declare(&mut self, binding: &Binding, ty: Type, kind: LocalKind) -> LocalId {
        self.set_type(binding.id, ty.clone());
        self.scope.declare(&binding.name.text, binding.name.span, binding.id, ty, kind)
    }

    /// The type behind a name that mentions itself; any other type as it is.
    pub(super) fn open(&self, ty: &Type) -> Type {
        match ty {
            Type::Named(named) => self.expand(named),
            other => other.clone(),
        }
    }

    fn expand(&self, named: &NamedType) -> Type {
        match self.declared(named.decl) {
            Declared::Type(ty) => ty.clone(),
            _ => Type::Error,
        }
    }
}
