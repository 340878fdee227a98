//! What the declarations of a file declare, for those who use them.

use std::sync::Arc;

use super::signature::Signature;
use super::table::TableInfo;
use super::types::Type;

/// What one item of a file declares.
#[derive(Clone, Debug, Default)]
pub enum Declared {
    /// Nothing that others could name: a header, a statement, a `use`, a test.
    #[default]
    Nothing,
    /// A `fn`.
    Fn(Arc<Signature>),
    /// A `const`, by its type.
    Const(Type),
    /// A `type`, by what it stands for.
    Type(Type),
    /// A `table`.
    Table(Arc<TableInfo>),
}
