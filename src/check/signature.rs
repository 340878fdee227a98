//! What a call has to know of a function: the project's own and the library's alike.

use ecow::EcoString;

use super::types::Type;
use crate::source::Span;
use crate::syntax::tree::NodeId;

/// A function as its callers see it.
#[derive(Clone, Debug)]
pub struct Signature {
    /// What it is called.
    pub name: EcoString,
    /// Its type parameters, which [`Type::Param`] names.
    pub type_params: Vec<EcoString>,
    /// What it takes, in order.
    pub params: Vec<Parameter>,
    /// What it gives; [`Type::Nothing`] where nothing is stated.
    pub result: Type,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// What it is called: the name of a named argument.
    pub name: EcoString,
    /// What it takes.
    pub ty: Type,
    /// Whether a call may leave it out.
    pub has_default: bool,
    /// Where it is declared.
    pub span: Span,
    /// The parameter's node in the declaration's file: its [`Resolution::Local`](super::checked::Resolution::Local).
    pub node: NodeId,
}

impl Signature {
    /// Whether it is called on a value: its first parameter is `self`.
    #[must_use]
    pub fn is_method(&self) -> bool {
        self.params.first().is_some_and(|first| first.name == "self")
    }

    /// The type of the function as a value; nothing for a generic one, which has no single type.
    #[must_use]
    pub fn as_type(&self) -> Option<Type> {
        if !self.type_params.is_empty() {
            return None;
        }
        let params = self.params.iter().map(|it| it.ty.clone()).collect();
        Some(Type::Fn(super::types::FnType { params, result: self.result.clone() }.into()))
    }
}
