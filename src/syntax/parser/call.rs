//! What is attached to an expression, and the literals in brackets: fields, calls, indices, lists, maps, records.

use super::expr::{expr, operation, postfix};
use super::list::{Items, list};
use super::name::{is_word, taken};
use super::recover::{behind, broken_expr, indent_of, report};
use super::types::type_expr;
use super::{Inp, Look, Parsed, Stop, Want, in_brackets, offset};
use crate::syntax::power::Power;
use crate::syntax::token::Kind;
use crate::syntax::tree::{
    Arg, Call, Expr, ExprKind, Field, Name, NodeId, Range, RecordPart, TypeExpr,
};

/// `.f` or `?.f` behind `base`. A name that is missing is reported and left empty.
pub(super) fn field(inp: &mut Inp<'_, '_>, base: Expr) -> ExprKind {
    let optional = inp.bump().kind == Kind::QuestionDot;
    let name = if is_word(inp.kind()) && !begins_next_statement(inp) {
        taken(inp)
    } else {
        let at = offset(inp.at());
        report(inp, Stop { at, want: Want::Name("field") });
        Name { text: "".into(), span: behind(inp) }
    };
    ExprKind::Field(Box::new(Field { base, name, optional }))
}

/// Whether the word behind a dot stands on a line of its own that is not indented.
fn begins_next_statement(inp: &mut Inp<'_, '_>) -> bool {
    let (at, start) = (inp.at(), inp.state().stmt_start);
    inp.token().on_new_line && indent_of(inp, at) <= indent_of(inp, start)
}

/// `<T>(a, n: b)` or `(a, n: b)` behind `callee`.
pub(super) fn call(inp: &mut Inp<'_, '_>, callee: Expr) -> Parsed<ExprKind> {
    let type_args = if inp.kind() == Kind::Less { type_args(inp)? } else { Vec::new() };
    let broken = |span| Some(Arg { name: None, value: broken_expr(span) });
    let (args, args_span) =
        list(inp, Kind::ParenOpen, &Items { what: "argument", item: arg, broken })?;
    Ok(ExprKind::Call(Box::new(Call { callee, type_args, args, args_span })))
}

/// `n: b`, `b`, or `distinct b`
fn arg(inp: &mut Inp<'_, '_>) -> Parsed<Arg> {
    let kind = inp.kind();
    let next = if is_word(kind) { inp.nth(1).kind } else { Kind::End };
    let name = match next {
        Kind::Colon => {
            let name = taken(inp);
            inp.bump();
            Some(name)
        }
        next if kind == Kind::Distinct && next.is_name() => Some(taken(inp)),
        _ => None,
    };
    Ok(Arg { name, value: expr(inp)? })
}

fn type_args(inp: &mut Inp<'_, '_>) -> Parsed<Vec<TypeExpr>> {
    inp.bump();
    let mut types = vec![type_expr(inp)?];
    while inp.eat(Kind::Comma) {
        types.push(type_expr(inp)?);
    }
    if inp.eat(Kind::Greater) { Ok(types) } else { inp.stop(Want::Token(Kind::Greater)) }
}

/// How many tokens type arguments may have before they are taken for a comparison.
const TYPE_ARGS_MAX: usize = 200;

/// Whether the `<` that comes next opens type arguments: it touches the name before it, and only what types are
/// made of stands between it and a `>` that touches a `(`.
pub(super) fn has_type_args(inp: &mut Inp<'_, '_>) -> bool {
    use Kind::{
        Arrow, BraceClose, BraceOpen, BracketClose, BracketOpen, Colon, Comma, Dot, Fn, ParenClose,
        ParenOpen, Pipe, Question, Text,
    };
    let at = inp.at();
    let tokens = inp.state().tokens;
    if at == 0 || tokens[at - 1].end != tokens[at].start {
        return false;
    }
    for (index, token) in tokens.iter().enumerate().skip(at + 1).take(TYPE_ARGS_MAX) {
        let next = tokens.get(index + 1);
        match token.kind {
            Kind::Greater => {
                return next.is_some_and(|next| next.kind == ParenOpen && next.start == token.end);
            }
            Arrow | BraceClose | BraceOpen | BracketClose | BracketOpen | Colon | Comma | Dot
            | Fn | ParenClose | ParenOpen | Pipe | Question | Text => {}
            kind if kind.is_name() => {}
            _ => return false,
        }
    }
    false
}

/// `[i]`, `[i..j]`, `[..j]`, `[i..]` behind `base`.
pub(super) fn index(inp: &mut Inp<'_, '_>, base: Expr) -> Parsed<ExprKind> {
    let end = inp.token().partner as usize;
    let before = inp.save();
    let start = inp.at();
    let inner = in_brackets(inp, |inp| {
        inp.bump();
        inp.state().place.open_range = true;
        let inner = range_from_start(inp)?;
        if inp.at() == end { Ok(inner) } else { inp.stop(Want::Token(Kind::BracketClose)) }
    });
    let inner = match inner {
        Ok(inner) => inner,
        Err(stop) => {
            report(inp, stop);
            inp.rewind(before);
            inp.skip_to(end);
            broken_expr(inp.since(start))
        }
    };
    inp.bump();
    Ok(ExprKind::Index(Box::new(base), Box::new(inner)))
}

/// An expression, or a range that lacks its first end.
fn range_from_start(inp: &mut Inp<'_, '_>) -> Parsed<Expr> {
    let start = inp.at();
    let inclusive = match inp.kind() {
        Kind::DotDot => false,
        Kind::DotDotEqual => true,
        _ => return expr(inp),
    };
    inp.bump();
    let to =
        if inp.kind() == Kind::BracketClose { None } else { Some(operation(inp, Power::Sum)?) };
    let kind = ExprKind::Range(Box::new(Range { from: None, to, inclusive }));
    Ok(Expr { id: NodeId(0), span: inp.since(start), kind })
}

/// `[1, 2]`, `["a": 1]`, `[:]`
pub(super) fn list_or_map(inp: &mut Inp<'_, '_>) -> Parsed<ExprKind> {
    let end = inp.token().partner as usize;
    if inp.nth(1).kind == Kind::Colon && end == inp.at() + 2 {
        inp.skip_to(end + 1);
        return Ok(ExprKind::Map(Vec::new()));
    }
    let broken = |span| Some(Entry { key: broken_expr(span), value: None, behind_key: None });
    let (entries, _) =
        list(inp, Kind::BracketOpen, &Items { what: "element", item: entry, broken })?;
    let is_map = entries.iter().any(|it| it.value.is_some());
    if !is_map {
        return Ok(ExprKind::List(entries.into_iter().map(|it| it.key).collect()));
    }
    let mut pairs = Vec::with_capacity(entries.len());
    for Entry { key, value, behind_key } in entries {
        if let (None, Some(at)) = (&value, behind_key) {
            report(inp, Stop { at, want: Want::Token(Kind::Colon) });
        }
        let value = value.unwrap_or_else(|| broken_expr(key.span.after()));
        pairs.push((key, value));
    }
    Ok(ExprKind::Map(pairs))
}

/// An element of a list, or an entry of a map.
struct Entry {
    key: Expr,
    value: Option<Expr>,
    /// The index of the token behind the key; nothing where it is broken, which has been reported.
    behind_key: Option<u32>,
}

/// `e`, or `k: v`.
fn entry(inp: &mut Inp<'_, '_>) -> Parsed<Entry> {
    let key = expr(inp)?;
    let behind_key = Some(offset(inp.at()));
    let value = if inp.eat(Kind::Colon) { Some(expr(inp)?) } else { None };
    Ok(Entry { key, value, behind_key })
}

/// `{ id: 1, name, o.total, ...rest }`
pub(super) fn record(inp: &mut Inp<'_, '_>) -> Parsed<ExprKind> {
    // What could not be read may have been any fields.
    let broken = |span| Some(RecordPart::Spread(broken_expr(span)));
    let (parts, _) =
        list(inp, Kind::BraceOpen, &Items { what: "field", item: record_part, broken })?;
    Ok(ExprKind::Record(parts))
}

fn record_part(inp: &mut Inp<'_, '_>) -> Parsed<RecordPart> {
    if inp.eat(Kind::Ellipsis) {
        return expr(inp).map(RecordPart::Spread);
    }
    if is_word(inp.kind()) && inp.nth(1).kind == Kind::Colon {
        let name = taken(inp);
        inp.bump();
        return Ok(RecordPart::Field(name, expr(inp)?));
    }
    if !inp.kind().is_name() {
        return inp.stop(Want::Name("field"));
    }
    let start = inp.at();
    let value = postfix(inp)?;
    let name = match &value.kind {
        ExprKind::Name(text) => Name { text: text.clone(), span: value.span },
        ExprKind::Field(field) => field.name.clone(),
        _ => return Err(Stop { at: offset(start), want: Want::Name("field") }),
    };
    Ok(RecordPart::Short(name, value))
}
