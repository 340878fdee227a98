//! What stands under the pointer.

use super::{View, describe, occurrences, schedules, words};
use crate::check::checked::QueryPlan;
use crate::check::types::Type;
use crate::schedule::Instant;
use crate::source::Span;
use crate::sql::sqlite;
use crate::syntax::tree::{Expr, ExprKind, Header, NodeId};
use crate::syntax::walk::{self, Node};

/// What there is to say about a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub span: Span,
    /// The answer, in Markdown.
    pub text: String,
}

/// What stands at an offset: a name, a schedule, a header, a query, a value.
#[must_use]
pub fn hover(view: &View<'_>, offset: u32, now: Instant) -> Option<Hover> {
    let path = walk::path_to(view.tree(), offset);
    let named = occurrences::at(view, offset).into_iter().find_map(|it| {
        let ty = type_at(view, &path, it.span);
        Some(Hover { span: it.span, text: describe::symbol(view, &it.symbol, ty.as_ref())? })
    });
    let header = || match path.as_slice() {
        [Node::Header(header), rest @ ..] => {
            let in_block = rest.iter().any(|it| matches!(it, Node::Block(_)));
            if in_block { None } else { of_header(view, header, offset, now) }
        }
        _ => None,
    };
    let value = || {
        path.iter().rev().find_map(|node| match node {
            Node::Expr(expr) => of_expr(view, expr),
            _ => None,
        })
    };
    named.or_else(header).or_else(value)
}

/// The type of the node that stands at exactly this place.
pub(super) fn type_at(view: &View<'_>, path: &[Node<'_>], span: Span) -> Option<Type> {
    path.iter().rev().find_map(|node| match node {
        Node::Expr(expr) => {
            let is_it = match &expr.kind {
                ExprKind::Field(field) => field.name.span == span,
                _ => expr.span == span,
            };
            is_it.then(|| type_of(view, expr.id))?
        }
        Node::Binding(it) if it.name.span == span => type_of(view, it.id),
        Node::Param(it) if it.name.span == span => type_of(view, it.id),
        Node::Keep(it) if it.name.span == span => type_of(view, it.id),
        _ => None,
    })
}

/// The type of a node of the view's file, where it has one.
pub(super) fn type_of(view: &View<'_>, id: NodeId) -> Option<Type> {
    let ty = view.facts().tables.types.get(id.0 as usize)?;
    (!ty.is_error()).then(|| ty.clone())
}

/// A header as a whole, wherever on its line the pointer is.
fn of_header(view: &View<'_>, header: &Header, offset: u32, now: Instant) -> Option<Hover> {
    let known = words::header(&header.word.text)?;
    let schedule = schedules::page(view, offset, now);
    let about = [schedule.unwrap_or_default(), known.docs.to_owned()];
    Some(Hover { span: header.span, text: describe::page(known.form, &about) })
}

fn of_expr(view: &View<'_>, expr: &Expr) -> Option<Hover> {
    let ty = type_of(view, expr.id)?;
    let facts = view.facts();
    let text = match &expr.kind {
        ExprKind::Query(_) | ExprKind::Update(_) | ExprKind::Delete(_) => {
            match facts.tables.queries.get(&expr.id)? {
                QueryPlan::Sql { statement, .. } => {
                    let sql = sqlite::render(statement).text;
                    format!("{}\n\n```sql\n{sql}\n```", describe::page(&ty.to_string(), &[]))
                }
                QueryPlan::List => {
                    let docs = "Over a list: computed in the machine.".to_owned();
                    describe::page(&ty.to_string(), &[docs])
                }
            }
        }
        ExprKind::Time(_) => {
            let at = Instant(*facts.tables.instants.get(&expr.id)?);
            describe::page(&format!("time: {at}"), &[])
        }
        ExprKind::Int(_)
        | ExprKind::Decimal(_)
        | ExprKind::Float(_)
        | ExprKind::List(_)
        | ExprKind::Map(_)
        | ExprKind::Record(_)
        | ExprKind::Index(..) => describe::page(&ty.to_string(), &[]),
        _ => return None,
    };
    Some(Hover { span: expr.span, text })
}
