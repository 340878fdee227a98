//! Types: what a place needs and what it gets.

use ecow::EcoString;

use super::mends::{converted, mended, plain};
use super::{Diagnostic, Fix, joined, offer};
use crate::check::checker::Checker;
use crate::check::expr::Place;
use crate::check::types::{FieldType, RecordType, Type};
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Name};

/// What is said of a call whose value is used and which gives none.
pub(in crate::check) const CALL_GIVES_NOTHING: &str = "this call gives nothing";

/// A value of another type than its place needs.
pub(in crate::check) fn wrong_type(
    checker: &Checker<'_>,
    expr: &Expr,
    found: &Type,
    wanted: &Type,
    place: Place<'_>,
) -> Diagnostic {
    let blamed = blame(checker, expr, found, wanted);
    let (expr, found) = (blamed.0, &blamed.1);
    if let Type::Optional(inner) = found
        && checker.agree(inner, wanted).holds()
    {
        return super::nulls::maybe_null(checker, expr, found);
    }
    if *found == Type::Nothing {
        return nothing_used(expr);
    }
    if let Some(special) = special_case(expr, found, wanted) {
        return special;
    }
    if *found == Type::Null {
        return null_given(expr, wanted, place);
    }
    if let Some(body) = body_by_place(expr, found, wanted, place) {
        return body;
    }
    let title = title(found, wanted, place);
    let mut diagnostic = Diagnostic::new("wrong-type", expr.span, title);
    if let Some((span, why)) = stated_at(place, wanted) {
        diagnostic = diagnostic.label(span, why);
    }
    if let Some(why) = difference(checker, found, wanted) {
        diagnostic = diagnostic.because(why);
    }
    mended(checker, diagnostic, expr, found, wanted)
}

/// The innermost expression that gives the value that does not fit: the last one of a branch.
fn blame<'e>(
    checker: &Checker<'_>,
    expr: &'e Expr,
    found: &Type,
    wanted: &Type,
) -> (&'e Expr, Type) {
    let tails: Vec<&Expr> = match &expr.kind {
        ExprKind::If(it) => {
            crate::check::block::tail(&it.then).into_iter().chain(it.otherwise.as_ref()).collect()
        }
        ExprKind::Match(it) => it.arms.iter().map(|arm| &arm.body).collect(),
        ExprKind::Block(block) => crate::check::block::tail(block).into_iter().collect(),
        ExprKind::Try(it) => vec![&it.body, &it.fallback],
        _ => Vec::new(),
    };
    for tail in tails {
        let ty = checker.type_of(tail.id).clone();
        if ty != Type::Nothing && !checker.agree(&ty, wanted).holds() {
            return blame(checker, tail, &ty, wanted);
        }
    }
    (expr, found.clone())
}

/// `http.post(url, { … })`: what is sent is named, what stands second is the query.
fn body_by_place(expr: &Expr, found: &Type, wanted: &Type, place: Place<'_>) -> Option<Diagnostic> {
    let Place::Argument { function, parameter: "query" } = place else { return None };
    let sends = matches!(function.rsplit('.').next(), Some("post" | "put" | "patch"));
    let is_body = matches!(found, Type::Record(_) | Type::List(_) | Type::Json | Type::Map(..));
    (sends && is_body).then(|| {
        Diagnostic::new("wrong-type", expr.span, title(found, wanted, place))
            .because("the value behind the address is the query")
            .help("name what is sent: `json: { … }`, or `form:` or `body:`")
            .fix(Fix::maybe("name it `json`", expr.span.before(), "json: "))
    })
}

/// `null` where something has to be.
fn null_given(expr: &Expr, wanted: &Type, place: Place<'_>) -> Diagnostic {
    let said = Diagnostic::new("wrong-type", expr.span, title(&Type::Null, wanted, place));
    match place {
        Place::Stated { at: Some(span), .. } | Place::Result(Some(span)) => said
            .label(span, format!("stated as `{wanted}` here"))
            .help(format!("what may be missing is stated so: `{wanted}?`"))
            .fix(Fix::maybe(format!("write `{wanted}?`"), span.after(), "?")),
        Place::Argument { .. }
        | Place::Word(_)
        | Place::Stated { at: None, .. }
        | Place::Field(_)
        | Place::Result(None)
        | Place::Index(_)
        | Place::Operand(_)
        | Place::Element
        | Place::Plain => said.help(format!("`null` may stand where a `{wanted}?` is taken")),
    }
}

fn title(found: &Type, wanted: &Type, place: Place<'_>) -> String {
    // What it takes and gives matters to what is a function already.
    let needs = match (wanted.without_null(), found) {
        (Type::Fn(_), found) if !matches!(found, Type::Fn(_)) => "a function".to_owned(),
        _ => wanted.with_article(),
    };
    let is = found.with_article();
    let full = match place {
        Place::Argument { function, parameter: "" } => {
            format!("`{function}` needs {needs}, and this is {is}")
        }
        Place::Argument { parameter, .. } => {
            format!("`{parameter}` needs {needs}, and this is {is}")
        }
        Place::Word(word) if word.contains(' ') => {
            format!("{word} needs {needs}, and this is {is}")
        }
        Place::Word(word) | Place::Operand(word) => {
            format!("`{word}` needs {needs}, and this is {is}")
        }
        Place::Stated { name, .. } if !name.is_empty() && name.len() <= 30 => {
            format!("`{name}` is {needs}, and this is {is}")
        }
        Place::Field(name) => format!("`{name}` is {needs}, and this is {is}"),
        Place::Result(_) => format!("the result is {needs}, and this is {is}"),
        Place::Index(of) => format!("this {of} is looked up by {needs}, and this is {is}"),
        Place::Element => format!("the others are {needs}, and this is {is}"),
        Place::Stated { .. } | Place::Plain => format!("{needs} is needed, and this is {is}"),
    };
    if full.chars().count() <= 90 {
        full
    } else {
        "this has another type than its place needs".to_owned()
    }
}

fn stated_at(place: Place<'_>, wanted: &Type) -> Option<(Span, String)> {
    match place {
        Place::Stated { at: Some(span), .. } | Place::Result(Some(span)) => {
            Some((span, format!("stated as `{wanted}` here")))
        }
        Place::Argument { .. }
        | Place::Word(_)
        | Place::Stated { .. }
        | Place::Field(_)
        | Place::Result(None)
        | Place::Index(_)
        | Place::Operand(_)
        | Place::Element
        | Place::Plain => None,
    }
}

/// Mistakes that have a name of their own.
fn special_case(expr: &Expr, found: &Type, wanted: &Type) -> Option<Diagnostic> {
    let wanted = wanted.without_null();
    if *found == Type::Text
        && *wanted == Type::Duration
        && let Some(duration) = quoted_duration(expr)
    {
        return Some(duration);
    }
    if let (Type::Text, Type::Union(members)) = (found, wanted) {
        let title = format!("any `text` could stand here; only {} may", choices(members));
        return Some(
            Diagnostic::new("wrong-type", expr.span, title)
                .because("this is `text`")
                .help("look at it with `match` first, or state its type where it is made"),
        );
    }
    if (found, wanted) == (&Type::Float, &Type::Decimal)
        || (found, wanted) == (&Type::Decimal, &Type::Float)
    {
        let method = if *wanted == Type::Decimal { "to_decimal" } else { "to_float" };
        return Some(converted(
            Diagnostic::new("mixed-numbers", expr.span, "`decimal` and `float` do not mix unasked")
                .because(format!(
                    "this is {}, and {} is needed",
                    found.with_article(),
                    wanted.with_article()
                )),
            expr,
            method,
        ));
    }
    None
}

/// `"5m"` where a duration is needed.
pub(in crate::check) fn quoted_duration(expr: &Expr) -> Option<Diagnostic> {
    let ExprKind::Text(text) = &expr.kind else { return None };
    let written = plain(text)?;
    let is_duration = written.starts_with(|c: char| c.is_ascii_digit())
        && ["ms", "s", "m", "h", "d", "w"].iter().any(|unit| written.ends_with(unit))
        && written.chars().all(|c| c.is_ascii_digit() || "mshdw".contains(c));
    is_duration.then(|| {
        Diagnostic::new("quoted-duration", expr.span, "a duration is written without quotes")
            .fix(Fix::safe(format!("write `{written}`"), expr.span, written))
    })
}

/// In what two types of one form differ.
fn difference(checker: &Checker<'_>, found: &Type, wanted: &Type) -> Option<String> {
    let (Type::Record(found), Type::Record(wanted)) = (found, wanted.without_null()) else {
        return None;
    };
    wanted.declared().find_map(|field| match found.slot(&field.name) {
        None => (!matches!(field.ty, Type::Optional(_) | Type::Json))
            .then(|| format!("the field `{}` is missing", field.name)),
        Some(slot) => {
            let ty = &found.fields[slot].ty;
            (!checker.agree(ty, &field.ty).holds())
                .then(|| format!("the field `{}` is `{ty}`, not `{}`", field.name, field.ty))
        }
    })
}

/// A call, or an `if` without `else`, whose value is used and which gives none.
pub(in crate::check) fn nothing_used(expr: &Expr) -> Diagnostic {
    let title = match &expr.kind {
        ExprKind::Call(_) => CALL_GIVES_NOTHING,
        ExprKind::If(it) if it.otherwise.is_none() => "without `else` this gives nothing",
        ExprKind::If(_) | ExprKind::Match(_) | ExprKind::Block(_) => {
            "one branch of this gives nothing"
        }
        _ => "this gives nothing",
    };
    Diagnostic::new("wrong-type", expr.span, title).because("a value is needed here")
}

/// A text that is not among those that its place takes.
pub(in crate::check) fn not_one_of(span: Span, written: &str, members: &[EcoString]) -> Diagnostic {
    let title = format!("`{written:?}` is not one of {}", choices(members));
    let near = nearest(written, members.iter().map(|it| Candidate::new(it)));
    let diagnostic = Diagnostic::new("wrong-type", span, title);
    match near.as_slice() {
        [only] => diagnostic.help(format!("the nearest is `{only:?}`")).fix(Fix::safe(
            format!("write `{only:?}`"),
            span,
            format!("{only:?}"),
        )),
        _ => diagnostic,
    }
}

/// Two comparisons joined by `and` leave no number.
pub(in crate::check) fn excluded(
    first: (Span, &str),
    second: (Span, &str),
    operator: Span,
) -> Diagnostic {
    let title = format!("`{}` and `{}` exclude each other", first.1, second.1);
    Diagnostic::new("never-true", second.0, title)
        .because("never holds together with the first")
        .label(first.0, "the first comparison")
        .help("for either of them write `or`")
        .fix(Fix::maybe("write `or`", operator, "or"))
}

/// A comparison with a text that a value never is.
pub(in crate::check) fn never_true(
    span: Span,
    written: &str,
    members: &[EcoString],
    name: Option<&str>,
) -> Diagnostic {
    let what = match name {
        Some(name) if name.len() <= 30 => format!("`{name}`"),
        _ => "this".to_owned(),
    };
    let title = format!("{what} is never `{written:?}`");
    let near = nearest(written, members.iter().map(|it| Candidate::new(it)));
    let diagnostic =
        Diagnostic::new("never-true", span, title).because(format!("it is {}", choices(members)));
    match near.as_slice() {
        [only] => diagnostic.fix(Fix::safe(format!("write `{only:?}`"), span, format!("{only:?}"))),
        _ => diagnostic,
    }
}

/// Two choices of texts that have none in common.
pub(in crate::check) fn never_equal(span: Span, left: &Type, right: &Type) -> Diagnostic {
    Diagnostic::new("never-true", span, "these are never equal").because(format!(
        "one is {}, the other {}",
        left.with_article(),
        right.with_article()
    ))
}

/// `"open"`, `"paid"` or `"late"`
fn choices(members: &[EcoString]) -> String {
    const SHOWN_MAX: usize = 6;
    let mut shown: Vec<String> =
        members.iter().take(SHOWN_MAX).map(|it| format!("{:?}", it.as_str())).collect();
    if members.len() > SHOWN_MAX {
        shown.push("…".to_owned());
    }
    joined(shown, "or")
}

/// Fields that are missing from a record literal, and fields that are too many.
pub(in crate::check) fn wrong_fields(
    literal: Span,
    missing: &[&FieldType],
    extra: &[Name],
    wanted: &RecordType,
    given: &[EcoString],
) -> Vec<Diagnostic> {
    let name =
        wanted.name.as_ref().map_or_else(|| "this record".to_owned(), |it| format!("`{it}`"));
    let free = || {
        let free = wanted.declared().filter(|it| !given.contains(&it.name));
        free.map(|it| {
            let is_missing = missing.iter().any(|other| other.name == it.name);
            Candidate::weighing(&it.name, u8::from(is_missing))
        })
    };
    let mut found = Vec::new();
    let mut open: Vec<&FieldType> = missing.to_vec();
    for field in extra {
        let near = nearest(&field.text, free());
        let meant = match near.as_slice() {
            [only] => open.iter().position(|it| it.name == *only),
            _ => None,
        };
        let title = match meant.map(|at| open.remove(at)) {
            Some(meant) => format!("{name} needs `{}`; it has no `{}`", meant.name, field.text),
            None => format!("{name} has no `{}`", field.text),
        };
        found.push(offer(Diagnostic::new("extra-field", field.span, title), field.span, &near));
    }
    if !open.is_empty() {
        let names = open.iter().map(|it| format!("`{}`", it.name)).collect();
        let title = format!("{name} needs {}", joined(names, "and"));
        let types: Vec<String> =
            open.iter().map(|it| format!("`{}: {}`", it.name, it.ty)).collect();
        let close = Span { start: literal.end.saturating_sub(1), ..literal };
        let holes: Vec<String> = open
            .iter()
            .enumerate()
            .map(|(at, it)| format!("{}: ${{{}:{}}}", it.name, at + 1, it.ty))
            .collect();
        let separator = if given.is_empty() && extra.is_empty() { " " } else { ", " };
        found.push(
            Diagnostic::new("missing-fields", literal, title)
                .because(format!("without {}", joined(types, "and")))
                .fix(Fix::snippet(
                    "add what is missing",
                    close.before(),
                    format!("{separator}{} ", holes.join(", ")),
                )),
        );
    }
    found
}

/// Elements of a list or map literal that have no type in common.
pub(in crate::check) fn mixed_elements(
    span: Span,
    of: &str,
    first: &Type,
    other: &Type,
) -> Diagnostic {
    let title = format!(
        "a {of} holds one type: {} before, this is {}",
        first.with_article(),
        other.with_article()
    );
    Diagnostic::new("wrong-type", span, title)
        .help("values of different types go together in a record: `{ name: …, count: … }`")
}

/// Branches that have no type in common.
pub(in crate::check) fn mixed_branches(
    span: Span,
    ty: &Type,
    first: Option<Span>,
    joined: &Type,
) -> Diagnostic {
    let title =
        format!("this branch gives {}, another {}", ty.with_article(), joined.with_article());
    let diagnostic = Diagnostic::new("wrong-type", span, title);
    match first {
        Some(first) => diagnostic.label(first, joined.with_article()),
        None => diagnostic,
    }
}

/// Results of a closure that have no type in common.
pub(in crate::check) fn mixed_results(span: Span, joined: &Type, ty: &Type) -> Diagnostic {
    let title =
        format!("this gives {}, elsewhere it gives {}", ty.with_article(), joined.with_article());
    Diagnostic::new("wrong-type", span, title)
}

/// A type that no map can be looked up by.
pub(in crate::check) fn map_key(span: Span, key: &Type) -> Diagnostic {
    let title = format!("a map is not looked up by {}", key.with_article());
    Diagnostic::new("wrong-type", span, title)
        .help("keys are `int`, `text`, `bool`, `date` or `time`")
}

/// A written map type with another key.
pub(in crate::check) fn written_map_key(span: Span, key: &str) -> Diagnostic {
    Diagnostic::new("wrong-type", span, format!("a map is not looked up by `{key}`"))
        .help("keys are `int`, `text`, `bool`, `date` or `time`")
}

/// A choice of types outside the library.
pub(in crate::check) fn choice_of_types(span: Span) -> Diagnostic {
    Diagnostic::new("wrong-type", span, "a value has one type")
        .because("only texts can be chosen among: `\"open\" | \"paid\"`")
        .help("`json` holds any value that JSON knows")
}

/// An integer that is too large.
pub(in crate::check) fn int_too_large(span: Span) -> Diagnostic {
    Diagnostic::new("int-too-large", span, "this number is too large for `int`")
        .help(format!("the largest is {}", i64::MAX))
}

/// A secret where it would be seen.
pub(in crate::check) fn secret_leak(span: Span, origin: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::new("secret-leak", span, "this would show a secret")
        .help("a secret goes only where a `secret` is taken: into headers, keys and passwords");
    match origin {
        Some(origin) if origin != span => diagnostic.label(origin, "the secret comes from here"),
        _ => diagnostic,
    }
}

/// A value in a text that has no text.
pub(in crate::check) fn does_not_print(span: Span, ty: &Type) -> Diagnostic {
    let title = match ty {
        Type::Nothing => "this call gives nothing to print".to_owned(),
        other => format!("{} cannot be printed", other.with_article()),
    };
    Diagnostic::new("wrong-type", span, title)
}

/// Parameters of one closure whose types nothing tells, the first and the others.
pub(in crate::check) fn type_needed(first: &Name, others: &[&Name]) -> Diagnostic {
    let stated = |name: &Name| format!("{}: int", name.text);
    let all: Vec<String> =
        std::iter::once(stated(first)).chain(others.iter().map(|it| stated(it))).collect();
    let title = format!("what is `{}`?", first.text);
    let its = if others.is_empty() { "its type" } else { "their types" };
    let finding = Diagnostic::new("missing-type", first.span, title)
        .because("nothing says what it holds")
        .help(format!("state {its}: `({}) => …`", all.join(", ")));
    others.iter().fold(finding, |finding, it| finding.label(it.span, "and this"))
}

/// A variable that begins as `null`.
pub(in crate::check) fn type_of_null(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "missing-type",
        name.span,
        format!("what is `{}` when it is not `null`?", name.text),
    )
    .help(format!("state its type: `{}: int?`", name.text))
    .fix(Fix::snippet("state its type", name.span.after(), ": ${1:int}?"))
}

/// A variable that begins as an empty list or map.
pub(in crate::check) fn type_of_empty(name: &Name, example: &str) -> Diagnostic {
    Diagnostic::new("missing-type", name.span, format!("what will `{}` hold?", name.text))
        .help(format!("state its type: `{}: {example}`", name.text))
        .fix(Fix::snippet("state its type", name.span.after(), format!(": ${{1:{example}}}")))
}

/// A parameter of a function without a type.
pub(in crate::check) fn parameter_type(name: &Name) -> Diagnostic {
    Diagnostic::new("missing-type", name.span, format!("what is `{}`?", name.text))
        .because("a function states what it takes")
        .fix(Fix::snippet("state its type", name.span.after(), ": ${1:text}"))
}

/// A type that takes the name of a built-in one.
pub(in crate::check) fn built_in_type(name: &Name) -> Diagnostic {
    let title = format!("`{}` is a type of the language", name.text);
    Diagnostic::new("duplicate-name", name.span, title).help("give it another name")
}

/// A type whose values would hold others of their own type without end.
pub(in crate::check) fn endless_type(name: &Name) -> Diagnostic {
    let title = format!("a `{0}` would hold a `{0}` without end", name.text);
    Diagnostic::new("endless-declaration", name.span, title)
        .help(format!("put it behind `?`, in a list or in a map: `{0}?`, `[{0}]`", name.text))
}

/// A value whose fields are taken over and which has none.
pub(in crate::check) fn not_a_record(span: Span, ty: &Type) -> Diagnostic {
    let title = format!("`...` takes over a record's fields, and this is {}", ty.with_article());
    Diagnostic::new("wrong-type", span, title)
}

/// A value whose fields are taken out and which has none.
pub(in crate::check) fn no_fields_to_take(span: Span, ty: &Type) -> Diagnostic {
    let title = format!("{} has no fields to take out", ty.with_article());
    let diagnostic = Diagnostic::new("wrong-type", span, title);
    match ty {
        Type::Json => diagnostic.help("check it into a type first: `… as { id: int }`"),
        _ => diagnostic,
    }
}

/// A value in square brackets' front that has no elements.
pub(in crate::check) fn not_indexable(base: &Expr, ty: &Type) -> Diagnostic {
    if *ty == Type::Nothing {
        return nothing_used(base);
    }
    let title = format!("{} has no elements to look up", ty.with_article());
    let diagnostic = Diagnostic::new("wrong-type", base.span, title);
    match ty {
        Type::Text | Type::Union(_) => diagnostic.help("a slice gives one character: `t[0..1]`"),
        Type::Record(_) | Type::Fault => diagnostic.help("fields stand behind a dot: `r.name`"),
        _ => diagnostic,
    }
}

/// A value that cannot be sliced.
pub(in crate::check) fn not_sliceable(span: Span, ty: &Type) -> Diagnostic {
    let title = format!("{} cannot be sliced", ty.with_article());
    let diagnostic = Diagnostic::new("wrong-type", span, title);
    match ty {
        Type::Json => diagnostic.help("check it into a list first: `… as [json]`"),
        _ => diagnostic,
    }
}

/// A part of JSON that is looked up by neither place nor name.
pub(in crate::check) fn json_index(span: Span, ty: &Type) -> Diagnostic {
    let title =
        format!("a part of a `json` has a place or a name, and this is {}", ty.with_article());
    Diagnostic::new("wrong-type", span, title)
}

/// A type that cannot be read out of JSON.
pub(in crate::check) fn not_decodable(span: Span, part: &Type) -> Diagnostic {
    let title = format!("{} cannot be read out of JSON", part.with_article());
    Diagnostic::new("wrong-type", span, title)
}

/// `as` behind a value that is no JSON.
pub(in crate::check) fn nothing_to_decode(
    span: Span,
    found: &Type,
    wanted: &Type,
    agrees: bool,
) -> Diagnostic {
    let title = format!("`as` reads `json`, and this is {}", found.with_article());
    let diagnostic = Diagnostic::new("wrong-type", span, title);
    if agrees {
        return diagnostic
            .help(format!("leave it out: the value is {} already", wanted.with_article()));
    }
    match (found, wanted) {
        (Type::Text, Type::Int | Type::Decimal | Type::Float | Type::Date | Type::Time) => {
            diagnostic.help(format!("`.to_{wanted}()` reads one out of a text"))
        }
        (Type::Text, _) => diagnostic.help("`json.parse(…)` reads a text of JSON"),
        (_, Type::Int | Type::Decimal | Type::Float | Type::Text) => {
            diagnostic.help(format!("`.to_{wanted}()` turns it into one"))
        }
        _ => diagnostic,
    }
}

/// A value that cannot be looped over.
pub(in crate::check) fn not_a_list(span: Span, text: &str, ty: &Type) -> Diagnostic {
    let title = format!("{} cannot be looped over", ty.with_article());
    let diagnostic = Diagnostic::new("not-a-list", span, title);
    let short = text.len() <= 30 && !text.contains('\n');
    match ty {
        Type::Int if short => diagnostic.help(format!("a range can: `0..{text}`")).fix(Fix::maybe(
            format!("write `0..{text}`"),
            span.before(),
            "0..",
        )),
        Type::Text | Type::Union(_) if short => diagnostic
            .help(format!("its parts can: `{text}.lines()`, `{text}.words()`, `{text}.chars()`")),
        Type::Json if short => diagnostic
            .help(format!("check it into a list first: `{text} as [json]`"))
            .fix(Fix::maybe("read it as a list", span.after(), " as [json]")),
        _ => diagnostic,
    }
}

/// A loop over a map with one name.
pub(in crate::check) fn map_needs_two_names(name: &Name) -> Diagnostic {
    Diagnostic::new("not-a-list", name.span, "a map has keys and values")
        .help(format!("`for key, {} in …`, or loop over `.keys()` or `.values()`", name.text))
        .fix(Fix::maybe("name the keys as well", name.span.before(), "key, "))
}

/// A range of values that have no order.
pub(in crate::check) fn no_range_of(span: Span, ty: &Type) -> Diagnostic {
    let title = format!("there is no range of {}", ty.with_article());
    Diagnostic::new("wrong-type", span, title)
}

/// A kept variable that cannot be written down.
pub(in crate::check) fn not_storable(span: Span, name: &str, part: &Type) -> Diagnostic {
    let title = format!("`{name}` cannot be kept: {} is not stored", part.with_article());
    Diagnostic::new("wrong-type", span, title)
}
