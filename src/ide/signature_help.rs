//! What a call takes, while it is being written.

use super::{View, describe, names};
use crate::check::checked::Target;
use crate::syntax::tree::{Call, ExprKind, Item};
use crate::syntax::walk::{self, Node};

/// A signature with the parameter that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// The whole signature.
    pub label: String,
    /// Each parameter as it stands in the label.
    pub params: Vec<String>,
    /// Which of them is being written.
    pub active: Option<usize>,
    /// The documentation, in Markdown.
    pub docs: String,
}

/// The call whose arguments an offset stands in, the innermost.
#[must_use]
pub fn help(view: &View<'_>, offset: u32) -> Option<Help> {
    let path = walk::path_to(view.tree(), offset);
    path.iter().rev().find_map(|node| {
        let Node::Expr(expr) = node else { return None };
        let ExprKind::Call(call) = &expr.kind else { return None };
        let inside = call.args_span.start < offset && offset <= call.args_span.end;
        let is_closed = view.slice(call.args_span).ends_with(')');
        (inside && !(is_closed && offset == call.args_span.end)).then_some(())?;
        let plan = view.facts().tables.calls.get(&expr.id);
        let target = match plan {
            Some(plan) => plan.target.clone(),
            None => guessed(view, call)?,
        };
        of_target(view, &target, call, offset)
    })
}

/// What a call that is not complete would call: by name alone.
fn guessed(view: &View<'_>, call: &Call) -> Option<Target> {
    let library = |module: &str, name: &str| {
        let entry = view.library.functions(module, name).next()?;
        Some(Target::Library(view.library.declaration(entry).id.clone()))
    };
    match &call.callee.kind {
        ExprKind::Name(name) => match names::find(view, name) {
            Some(decl) => Some(Target::Fn(decl)),
            None => library("prelude", name),
        },
        ExprKind::Field(field) => {
            let named = match &field.base.kind {
                ExprKind::Name(module) => library(module, &field.name.text),
                _ => None,
            };
            named.or_else(|| {
                let ty = super::hover::type_of(view, field.base.id)?;
                let methods = crate::check::methods_of(view.library, &names::open(view, &ty));
                let named = |it: &crate::check::library::EntryId| {
                    view.library.declaration(*it).id.name == field.name.text
                };
                let entry = methods.into_iter().find(named)?;
                Some(Target::Library(view.library.declaration(entry).id.clone()))
            })
        }
        _ => None,
    }
}

fn of_target(view: &View<'_>, target: &Target, call: &Call, offset: u32) -> Option<Help> {
    let (label, params, docs, is_method) = match target {
        Target::Fn(decl) => {
            let Item::Fn(function) = names::item(view, *decl) else { return None };
            let params = function.params.iter().map(|it| view.slice(it.span).to_owned()).collect();
            let docs = function.docs.as_ref().map(ToString::to_string).unwrap_or_default();
            let is_method = is_called_on_value(view, call, *decl);
            (describe::function_head(view, function), params, docs, is_method)
        }
        Target::Library(function) => {
            let declaration = view.library.function(function);
            let tree = declaration.function();
            let params: Vec<String> =
                tree.params.iter().map(|it| declaration.source.slice(it.span).to_owned()).collect();
            let docs = declaration.docs.as_ref().map(ToString::to_string).unwrap_or_default();
            let label = describe::library_head(view, function);
            (label, params, docs, declaration.signature.is_method())
        }
        Target::Value
        | Target::Table(..)
        | Target::Aggregate(_)
        | Target::DirectSql
        | Target::RunTask => return None,
    };
    let active = active(call, offset, &params, usize::from(is_method));
    Some(Help { label, params, active, docs })
}

/// Whether the value before the dot is the first argument.
fn is_called_on_value(view: &View<'_>, call: &Call, decl: crate::check::types::DeclId) -> bool {
    match &call.callee.kind {
        ExprKind::Field(field) => match &field.base.kind {
            ExprKind::Name(name) => names::module(view, name) != Some(decl.file),
            _ => true,
        },
        _ => false,
    }
}

/// Which parameter is being written: the one that is named, or the next in order.
fn active(call: &Call, offset: u32, params: &[String], first: usize) -> Option<usize> {
    let before = call.args.iter().take_while(|it| it.value.span.end < offset).count();
    let at = match call.args.get(before).and_then(|it| it.name.as_ref()) {
        Some(name) => {
            let is_it = |it: &&String| it.split(':').next().map(str::trim) == Some(&*name.text);
            params.iter().position(|it| is_it(&it))?
        }
        None => first + before,
    };
    (at < params.len()).then_some(at)
}
