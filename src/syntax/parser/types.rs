//! Written types.

use super::list::{Items, list};
use super::name::{is_word, name, taken, text_name, word};
use super::recover::{broken_type, report};
use super::{Inp, Look, Parsed, Want, after, deepened, in_brackets, measured, nested, token};
use crate::syntax::token::Kind;
use crate::syntax::tree::{Name, NodeId, TypeExpr, TypeExprKind};
use chumsky::Parser;

/// Any type, `"open" | "paid"` included.
pub(super) fn type_expr(inp: &mut Inp<'_, '_>) -> Parsed<TypeExpr> {
    measured(inp, |inp| {
        inp.eat(Kind::Pipe);
        choice_of_types(inp)
    })
}

/// `T`, or `T | U`, which only the library may say.
fn choice_of_types(inp: &mut Inp<'_, '_>) -> Parsed<TypeExpr> {
    let start = inp.at();
    let first = single(inp)?;
    if inp.kind() != Kind::Pipe {
        return Ok(first);
    }
    let mut types = vec![first];
    while inp.eat(Kind::Pipe) {
        types.push(single(inp)?);
    }
    Ok(TypeExpr { id: NodeId(0), span: inp.since(start), kind: TypeExprKind::OneOf(types) })
}

fn single(inp: &mut Inp<'_, '_>) -> Parsed<TypeExpr> {
    let start = inp.at();
    let base = base(inp)?;
    optional(inp, start, base)
}

/// `?` behind a type.
fn optional(inp: &mut Inp<'_, '_>, start: usize, base: TypeExpr) -> Parsed<TypeExpr> {
    let mut ty = base;
    while inp.eat(Kind::Question) {
        deepened(inp)?;
        ty = TypeExpr {
            id: NodeId(0),
            span: inp.since(start),
            kind: TypeExprKind::Optional(Box::new(ty)),
        };
    }
    Ok(ty)
}

fn base(inp: &mut Inp<'_, '_>) -> Parsed<TypeExpr> {
    let start = inp.at();
    let kind = match inp.kind() {
        kind if kind.is_name() => named(inp)?,
        Kind::BracketOpen => list_or_map(inp)?,
        Kind::BraceOpen => record(inp)?,
        Kind::Text => texts(inp)?,
        Kind::Fn => function(inp)?,
        Kind::ParenOpen => return parenthesised(inp),
        _ => return inp.stop(Want::Type),
    };
    Ok(TypeExpr { id: NodeId(0), span: inp.since(start), kind })
}

/// `"open" | "paid"`
fn texts(inp: &mut Inp<'_, '_>) -> Parsed<TypeExprKind> {
    let mut texts = vec![text_name(inp)?];
    while inp.kind() == Kind::Pipe && inp.nth(1).kind == Kind::Text {
        inp.bump();
        texts.push(text_name(inp)?);
    }
    Ok(TypeExprKind::Union(texts))
}

/// `int`, `s.Order`
fn named(inp: &mut Inp<'_, '_>) -> Parsed<TypeExprKind> {
    let first = taken(inp);
    if inp.kind() != Kind::Dot {
        return Ok(TypeExprKind::Name { module: None, name: first });
    }
    inp.bump();
    Ok(TypeExprKind::Name { module: Some(first), name: inp.parse(name("type"))? })
}

/// `[T]`, `[K: V]`
fn list_or_map(inp: &mut Inp<'_, '_>) -> Parsed<TypeExprKind> {
    let end = inp.token().partner as usize;
    let before = inp.save();
    let inner = in_brackets(inp, |inp| {
        inp.bump();
        let first = type_expr(inp)?;
        let second = if inp.eat(Kind::Colon) { Some(type_expr(inp)?) } else { None };
        if inp.at() == end {
            Ok((first, second))
        } else {
            inp.stop(Want::Token(Kind::BracketClose))
        }
    });
    match inner {
        Ok((element, None)) => {
            inp.bump();
            Ok(TypeExprKind::List(Box::new(element)))
        }
        Ok((key, Some(value))) => {
            inp.bump();
            Ok(TypeExprKind::Map(Box::new(key), Box::new(value)))
        }
        Err(stop) => {
            report(inp, stop);
            inp.rewind(before);
            inp.skip_to(end + 1);
            Ok(TypeExprKind::Error)
        }
    }
}

/// `{ a: T, b: U? }`
fn record(inp: &mut Inp<'_, '_>) -> Parsed<TypeExprKind> {
    let broken = |span| Some((Name { text: "".into(), span }, broken_type(span)));
    let items = Items { what: "field", item: field, broken };
    Ok(TypeExprKind::Record(list(inp, Kind::BraceOpen, &items)?.0))
}

fn field(inp: &mut Inp<'_, '_>) -> Parsed<(Name, TypeExpr)> {
    let name = inp.parse(word("field").then_ignore(token(Kind::Colon)))?;
    let ty = type_expr(inp);
    let ty = super::function::type_or_rest(inp, ty, &name);
    Ok((name, ty))
}

/// `fn(T, U) -> R`
fn function(inp: &mut Inp<'_, '_>) -> Parsed<TypeExprKind> {
    inp.bump();
    let items =
        Items { what: "parameter", item: param_type, broken: |span| Some(broken_type(span)) };
    let (params, _) = list(inp, Kind::ParenOpen, &items)?;
    let result = inp.parse(after(Kind::Arrow, |inp| nested(inp, single)))?;
    Ok(TypeExprKind::Fn(params, result.map(Box::new)))
}

/// A parameter's type; a name before it is allowed and says nothing.
fn param_type(inp: &mut Inp<'_, '_>) -> Parsed<TypeExpr> {
    if is_word(inp.kind()) && inp.nth(1).kind == Kind::Colon {
        inp.bump();
        inp.bump();
    }
    type_expr(inp)
}

/// `(T)`
fn parenthesised(inp: &mut Inp<'_, '_>) -> Parsed<TypeExpr> {
    let end = inp.token().partner as usize;
    let inner = in_brackets(inp, |inp| {
        inp.bump();
        let inner = type_expr(inp)?;
        if inp.at() == end { Ok(inner) } else { inp.stop(Want::Token(Kind::ParenClose)) }
    })?;
    inp.bump();
    Ok(inner)
}

/// A type, or an error in its place.
pub(super) fn type_or_error(inp: &mut Inp<'_, '_>) -> Parsed<TypeExpr> {
    let start = inp.at();
    match type_expr(inp) {
        Ok(ty) => Ok(ty),
        Err(stop) if stop.at as usize == start => {
            report(inp, stop);
            Ok(broken_type(super::recover::behind(inp)))
        }
        Err(stop) => Err(stop),
    }
}
