//! What can stand behind a dot, and what a call or a row can be given by name.

use super::{Completion, CompletionKind, Place};
use crate::check::checked::Target;
use crate::check::declared::Declared;
use crate::check::library::EntryId;
use crate::check::types::{DeclId, Type};
use crate::check::{self, ERROR_FIELDS, RUN_FIELDS};
use crate::ide::{View, describe, hover, names};
use crate::syntax::tree::{Call, Expr, ExprKind, Item, RecordPart};
use crate::syntax::walk::{self, Node};

/// What every table can be asked.
const TABLE_CALLS: [(&str, &str); 15] = [
    ("get", "get(${1:id})"),
    ("has", "has(${1:id})"),
    ("insert", "insert({ ${1} })"),
    ("insert_all", "insert_all(${1:rows})"),
    ("update", "update(${1:id}, { ${2} })"),
    ("upsert", "upsert({ ${1} }, on: \"${2}\")"),
    ("delete", "delete(${1:id})"),
    ("truncate", "truncate()"),
    ("count", "count(${1})"),
    ("sum", "sum(${1:row} => ${2})"),
    ("avg", "avg(${1:row} => ${2})"),
    ("min", "min(${1:row} => ${2})"),
    ("max", "max(${1:row} => ${2})"),
    ("first", "first()"),
    ("exists", "exists(${1})"),
];

pub(super) fn behind_dot(view: &View<'_>, place: &Place) -> Vec<Completion> {
    let Some(base) = base(view, place) else { return Vec::new() };
    if let ExprKind::Name(name) = &base.kind
        && let Some(found) = of_name(view, place, base, name)
    {
        return found;
    }
    let Some(ty) = hover::type_of(view, base.id) else { return Vec::new() };
    of_type(view, place, &names::open(view, &ty))
}

/// The expression before the dot.
fn base<'a>(view: &View<'a>, place: &Place) -> Option<&'a Expr> {
    let mut found = None;
    walk::each(view.tree(), &mut |node| {
        if let Node::Expr(expr) = node
            && let ExprKind::Field(field) = &expr.kind
            && field.name.span.start == place.span.start
        {
            found = Some(&field.base);
        }
    });
    found
}

/// Behind a name that is no value.
fn of_name(view: &View<'_>, place: &Place, base: &Expr, name: &str) -> Option<Vec<Completion>> {
    let is_local = crate::ide::inside::locals(view, place.span.start)
        .iter()
        .any(|(_, local)| local.text == name);
    if is_local {
        return None;
    }
    if let Some(found) = of_setting(view, place, name) {
        return Some(found);
    }
    if let Some(file) = names::module(view, name) {
        let decls = names::declared_in(view, file)
            .map(|(decl, name)| super::names::declaration(view, place, decl, &name.text));
        return Some(decls.collect());
    }
    if let Some(decl) = names::find(view, name)
        && let Item::Table(_) = names::item(view, decl)
    {
        let calls = TABLE_CALLS.iter().map(|(name, snippet)| Completion {
            insert: (*snippet).to_owned(),
            is_snippet: true,
            ..place.completion(name, CompletionKind::Method, 1)
        });
        return Some(calls.collect());
    }
    let is_value = hover::type_of(view, base.id).is_some();
    if !is_value && view.library.has_module(name) {
        let names = view.library.function_names(name).filter(|it| !it.starts_with('_'));
        let each = names.filter_map(|it| {
            let entry = view
                .library
                .functions(name, it)
                .find(|entry| !view.library.declaration(*entry).signature.is_method())?;
            Some(function(view, place, entry, 0))
        });
        return Some(each.collect());
    }
    None
}

/// What stands behind `run`, `secret` and `env`.
fn of_setting(view: &View<'_>, place: &Place, name: &str) -> Option<Vec<Completion>> {
    let settings = &view.project.settings;
    let named = |names: Vec<&str>, detail: &str| {
        let make = |name: &str| Completion {
            detail: detail.to_owned(),
            ..place.completion(name, CompletionKind::Value, 0)
        };
        names.into_iter().map(make).collect()
    };
    Some(match name {
        "run" => RUN_FIELDS
            .iter()
            .map(|field| Completion {
                detail: check::run_field(field).map(|it| it.to_string()).unwrap_or_default(),
                key: format!("run.{field}"),
                ..place.completion(field, CompletionKind::Field, 0)
            })
            .collect(),
        "secret" => named(settings.secrets.iter().map(|it| it.name.as_str()).collect(), "secret"),
        "env" => named(settings.env.iter().map(ecow::EcoString::as_str).collect(), "text?"),
        _ => return None,
    })
}

fn of_type(view: &View<'_>, place: &Place, ty: &Type) -> Vec<Completion> {
    let mut found = Vec::new();
    let field = |name: &str, ty: &str| Completion {
        detail: ty.to_owned(),
        ..place.completion(name, CompletionKind::Field, 0)
    };
    match ty {
        Type::Record(record) => {
            let table = names::table_of(view, ty);
            found.extend(record.declared().map(|it| Completion {
                key: table.map_or(String::new(), |table| {
                    format!("column.{}.{}.{}", table.file.0, table.item, it.name)
                }),
                ..field(&it.name, &it.ty.to_string())
            }));
        }
        Type::Fault => {
            let known = ERROR_FIELDS.iter().filter_map(|it| Some((*it, check::error_field(it)?)));
            found.extend(known.map(|(name, ty)| field(name, &ty.to_string())));
        }
        _ => {}
    }
    let mut methods = check::methods_of(view.library, ty);
    methods.dedup_by_key(|it| view.library.declaration(*it).id.name.clone());
    found.extend(methods.into_iter().map(|entry| function(view, place, entry, 1)));
    found.extend(own_functions(view, place, ty));
    found
}

/// The project's functions whose first parameter takes the value: they are called like methods.
fn own_functions(view: &View<'_>, place: &Place, ty: &Type) -> Vec<Completion> {
    let takes = |decl: DeclId| match view.checked.declared(decl) {
        Declared::Fn(signature) => signature.params.first().is_some_and(|it| it.ty == *ty),
        _ => false,
    };
    let own = names::visible(view).into_iter().filter(|(decl, _)| takes(*decl));
    own.map(|(decl, name)| super::names::declaration(view, place, decl, &name.text)).collect()
}

/// A function of the library; what it must be given is left to fill in.
pub(super) fn function(view: &View<'_>, place: &Place, entry: EntryId, rank: u8) -> Completion {
    let declaration = view.library.declaration(entry);
    let signature = &declaration.signature;
    let is_method = signature.is_method();
    let params: Vec<&str> = signature
        .params
        .iter()
        .skip(usize::from(is_method))
        .filter(|it| !it.has_default)
        .map(|it| it.name.as_str())
        .collect();
    let kind = if is_method { CompletionKind::Method } else { CompletionKind::Function };
    let id = &declaration.id;
    Completion {
        detail: describe::library_head(view, id).trim_start_matches("fn ").to_owned(),
        insert: call_snippet(&id.name, &params, signature.params.len() > usize::from(is_method)),
        is_snippet: true,
        key: format!("library.{}.{}.{}", id.module, id.name, id.overload),
        ..place.completion(&id.name, kind, rank)
    }
}

/// `f(${1:a}, ${2:b})`; the cursor stays between the brackets where all may be left out.
pub(super) fn call_snippet(name: &str, params: &[&str], takes_any: bool) -> String {
    let holes: Vec<String> = (1..).zip(params).map(|(n, it)| format!("${{{n}:{it}}}")).collect();
    match (holes.is_empty(), takes_any) {
        (true, true) => format!("{name}(${{1}})"),
        (true, false) => format!("{name}()"),
        (false, _) => format!("{name}({})", holes.join(", ")),
    }
}

/// The parameters of a call that it does not give yet.
pub(super) fn parameters(
    view: &View<'_>,
    place: &Place,
    expr: &Expr,
    call: &Call,
) -> Vec<Completion> {
    let given =
        |name: &str| call.args.iter().any(|it| it.name.as_ref().is_some_and(|it| it.text == name));
    let params: Vec<(String, String)> = match view.facts().tables.calls.get(&expr.id) {
        Some(plan) => match &plan.target {
            Target::Library(function) => {
                let signature = &view.library.function(function).signature;
                let first = usize::from(signature.is_method());
                let rest = signature.params.iter().skip(first);
                rest.map(|it| (it.name.to_string(), it.ty.to_string())).collect()
            }
            Target::Fn(decl) => match view.checked.declared(*decl) {
                Declared::Fn(signature) => {
                    let params = signature.params.iter();
                    params.map(|it| (it.name.to_string(), it.ty.to_string())).collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        },
        None => by_name(view, call),
    };
    params
        .into_iter()
        .filter(|(name, _)| !given(name))
        .map(|(name, ty)| Completion {
            insert: format!("{name}: "),
            detail: ty,
            ..place.completion(&name, CompletionKind::Field, 2)
        })
        .collect()
}

/// The parameters of what a call names, where it is not complete enough to be known.
fn by_name(view: &View<'_>, call: &Call) -> Vec<(String, String)> {
    let entry = match &call.callee.kind {
        ExprKind::Field(field) => match &field.base.kind {
            ExprKind::Name(module) => view.library.functions(module, &field.name.text).next(),
            _ => None,
        },
        ExprKind::Name(name) => view.library.functions("prelude", name).next(),
        _ => None,
    };
    let Some(entry) = entry else { return Vec::new() };
    let params = view.library.declaration(entry).signature.params.iter();
    params.map(|it| (it.name.to_string(), it.ty.to_string())).collect()
}

/// The table that a record is written into by an expression around it.
pub(super) fn table_written(view: &View<'_>, expr: &Expr, record: &Expr) -> Option<DeclId> {
    let table_of = |expr: &Expr| match &expr.kind {
        ExprKind::Name(name) => {
            let decl = names::find(view, name)?;
            matches!(names::item(view, decl), Item::Table(_)).then_some(decl)
        }
        _ => None,
    };
    match &expr.kind {
        ExprKind::Call(call) => match &call.callee.kind {
            ExprKind::Field(field) => {
                let writes = ["insert", "insert_all", "update", "upsert"];
                writes.contains(&field.name.text.as_str()).then(|| table_of(&field.base))?
            }
            _ => None,
        },
        ExprKind::Update(update) if update.set.id == record.id => table_of(&update.table),
        _ => None,
    }
}

/// The columns of a table that a record does not give yet, those that must be given first.
pub(super) fn columns_to_write(
    view: &View<'_>,
    place: &Place,
    table: DeclId,
    parts: &[RecordPart],
) -> Vec<Completion> {
    let Declared::Table(info) = view.checked.declared(table) else { return Vec::new() };
    let given = |name: &str| {
        parts.iter().any(|it| matches!(it, RecordPart::Field(it, _) if it.text == name))
    };
    let missing = info.columns.iter().filter(|it| !given(&it.name));
    missing
        .map(|column| Completion {
            insert: format!("{}: ", column.name),
            detail: column.ty.to_string(),
            key: format!("column.{}.{}.{}", table.file.0, table.item, column.name),
            ..place.completion(
                &column.name,
                CompletionKind::Field,
                u8::from(column.may_be_left_out()),
            )
        })
        .collect()
}
