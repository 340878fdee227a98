//! Written types.

use super::Writer;
use super::doc::{Doc, concat, group, join, line, nest, text};
use super::list::CURLY;
use crate::syntax::tree::{Name, TypeExpr, TypeExprKind};

impl<'s> Writer<'s> {
    pub(super) fn type_expr(&mut self, ty: &'s TypeExpr) -> Doc<'s> {
        match &ty.kind {
            TypeExprKind::Error => self.verbatim(ty.span),
            TypeExprKind::Name { module, name } => match module {
                Some(module) => concat([self.name(module), text("."), self.name(name)]),
                None => self.name(name),
            },
            TypeExprKind::Optional(inner) => concat([self.grouped_type(inner), text("?")]),
            TypeExprKind::List(inner) => concat([text("["), self.type_expr(inner), text("]")]),
            TypeExprKind::Map(key, value) => concat([
                text("["),
                self.type_expr(key),
                text(": "),
                self.type_expr(value),
                text("]"),
            ]),
            TypeExprKind::Record(fields) => {
                let field = |writer: &mut Self, (name, ty): &'s (Name, TypeExpr)| {
                    concat([writer.name(name), text(": "), writer.type_expr(ty)])
                };
                self.list(CURLY, ty.span, fields, |(name, ty)| name.span.to(ty.span), field)
            }
            TypeExprKind::Union(texts) => {
                let texts = texts.iter().map(|it| self.verbatim(it.span)).collect();
                choice(texts)
            }
            TypeExprKind::OneOf(types) => {
                let mut parts = Vec::new();
                for (index, ty) in types.iter().enumerate() {
                    let is_joined =
                        matches!(types.get(index + 1), Some(next) if begins_with_text(next));
                    parts.push(match ty.kind {
                        TypeExprKind::Union(_) if !is_joined => self.type_expr(ty),
                        _ => self.grouped_type(ty),
                    });
                }
                choice(parts)
            }
            TypeExprKind::Fn(params, result) => {
                let params =
                    join(params.iter().map(|it| self.type_expr(it)).collect::<Vec<_>>(), || {
                        text(", ")
                    });
                let result = result.as_ref().map(|it| concat([text(" -> "), self.result_type(it)]));
                concat([text("fn("), params, text(")")].into_iter().chain(result))
            }
        }
    }

    /// A type inside another: what would not end by itself stands in brackets.
    fn grouped_type(&mut self, ty: &'s TypeExpr) -> Doc<'s> {
        let doc = self.type_expr(ty);
        match ty.kind {
            TypeExprKind::Fn(..)
            | TypeExprKind::Union(_)
            | TypeExprKind::OneOf(_)
            | TypeExprKind::Optional(_) => concat([text("("), doc, text(")")]),
            TypeExprKind::Error
            | TypeExprKind::Name { .. }
            | TypeExprKind::List(_)
            | TypeExprKind::Map(..)
            | TypeExprKind::Record(_) => doc,
        }
    }

    /// The type behind a function type's arrow: `?` belongs to it, `|` does not.
    fn result_type(&mut self, ty: &'s TypeExpr) -> Doc<'s> {
        match ty.kind {
            TypeExprKind::OneOf(_) => self.grouped_type(ty),
            _ => self.type_expr(ty),
        }
    }
}

/// Whether texts in front of it would be taken for a part of it.
fn begins_with_text(ty: &TypeExpr) -> bool {
    matches!(ty.kind, TypeExprKind::Union(_))
}

/// `a | b`
fn choice(parts: Vec<Doc<'_>>) -> Doc<'_> {
    group(nest(join(parts, || concat([line(), text("| ")]))))
}
