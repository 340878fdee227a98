//! What an editor can write between the letters: inferred types, and when a schedule is due next.

use super::{View, hover, schedules};
use crate::check::types::Type;
use crate::schedule::Instant;
use crate::source::Span;
use crate::syntax::tree::{ExprKind, Item, LetTarget, StmtKind};
use crate::syntax::walk::{self, Node};

/// A word that the file does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Behind which byte it is shown.
    pub offset: u32,
    /// The word.
    pub text: String,
    /// Whether it is a type; otherwise it is a time.
    pub is_type: bool,
}

/// A type that is longer says less than the line that it pushes aside.
const TYPE_CHARS_MAX: usize = 40;

/// The hints within a part of the file, in order.
#[must_use]
pub fn hints(view: &View<'_>, within: Span, now: Instant) -> Vec<Hint> {
    let mut found = Vec::new();
    walk::each(view.tree(), &mut |node| match node {
        Node::Stmt(stmt) => {
            if let StmtKind::Let(it) = &stmt.kind
                && it.ty.is_none()
                && let LetTarget::Name(binding) = &it.target
                && !is_plain(&it.value.kind)
            {
                let ty = hover::type_of(view, binding.id);
                found.extend(of_type(binding.name.span, ty));
            }
        }
        Node::Expr(expr) => {
            if let ExprKind::Closure(closure) = &expr.kind {
                for param in closure.params.iter().filter(|it| it.ty.is_none()) {
                    found.extend(of_type(param.name.span, hover::type_of(view, param.id)));
                }
            }
        }
        Node::Keep(keep) if keep.ty.is_none() && !is_plain(&keep.value.kind) => {
            found.extend(of_type(keep.name.span, hover::type_of(view, keep.id)));
        }
        _ => {}
    });
    let is_task = view.tree().items.iter().any(|it| matches!(it, Item::Header(_)));
    if is_task && view.facts().headers.active {
        let beside = schedules::beside(view, now).into_iter();
        found.extend(beside.map(|(span, text)| Hint { offset: span.end, text, is_type: false }));
    }
    found.retain(|it| within.touches(it.offset));
    found.sort_by_key(|it| it.offset);
    found
}

/// Literals, whose type anybody sees.
fn is_plain(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Int(_)
            | ExprKind::Decimal(_)
            | ExprKind::Float(_)
            | ExprKind::Text(_)
            | ExprKind::Bool(_)
            | ExprKind::Duration(_)
            | ExprKind::Time(_)
            | ExprKind::Date(_)
            | ExprKind::Closure(_)
    )
}

fn of_type(name: Span, ty: Option<Type>) -> Option<Hint> {
    let ty = ty.filter(|it| !matches!(it, Type::Error | Type::Never | Type::Nothing))?;
    let text = ty.to_string();
    let fits = name.start < name.end && text.chars().count() <= TYPE_CHARS_MAX;
    fits.then(|| Hint { offset: name.end, text: format!(": {text}"), is_type: true })
}
