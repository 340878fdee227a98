//! Where secrets go: only where a `secret` is taken.

use super::checked::{Resolution, Target};
use super::checker::Checker;
use super::types::Type;
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind};

impl Checker<'_> {
    /// Whether a secret would show if a value of this type were shown.
    pub(super) fn holds_secret(&self, ty: &Type) -> bool {
        ty.has_part(&mut |part| matches!(part, Type::Secret))
    }

    /// Whether a call hands a secret to a function that takes anything: `print`, `to_text`, `log.info`. Containers may
    /// hold secrets, so a function that takes any element, or changes its receiver, is not one of those.
    pub(super) fn binds_secret(&self, target: &Target, declared: &Type, found: &Type) -> bool {
        let Target::Library(id) = target else { return false };
        if !matches!(declared.without_null(), Type::Param(_)) || !self.holds_secret(found) {
            return false;
        }
        let native = self.library().function(id).native;
        native.is_some_and(|native| !native.changes)
    }

    /// Where the value of an expression comes from, if it has a name.
    pub(super) fn origin_of(&self, expr: &Expr) -> Option<Span> {
        match (self.tables.names.get(&expr.id), &expr.kind) {
            (Some(Resolution::Local(node) | Resolution::Kept(node)), _) => {
                let locals = self.scope.locals().iter().rev();
                locals.into_iter().find(|it| it.node == *node).map(|it| it.span)
            }
            (None, ExprKind::Field(field)) => self.origin_of(&field.base),
            _ => None,
        }
    }
}
