//! `fn`, with a body or, in the library, without.

use super::block::{block, initial};
use super::list::{Items, list};
use super::name::{is_word, name, taken, word};
use super::recover::{behind as behind_last, broken_type, report};
use super::types::{type_expr, type_or_error};
use super::{Inp, Look, Parsed, Stop, Want, after, offset, rule, token};
use crate::syntax::token::Kind;
use crate::syntax::tree::{Fn, FnBody, Name, NodeId, Param, TypeExpr};
use chumsky::Parser;

/// `fn gross(net: decimal, rate: decimal = 0.19) -> decimal { … }`
pub(super) fn function(inp: &mut Inp<'_, '_>) -> Parsed<Fn> {
    let start = inp.at();
    let docs = super::file::docs(inp);
    inp.bump();
    let name_at = offset(inp.at());
    let reserved = inp.kind().is_reserved();
    let name = inp.parse(word("function"))?;
    let type_params = type_params(inp)?;
    let items = Items { what: "parameter", item: param, broken: |_| None };
    let (params, _) = list(inp, Kind::ParenOpen, &items)?;
    let (result, body) = inp.parse(after(Kind::Arrow, result_type).then(rule(fn_body)))?;
    // Behind a dot any word is a name, so that a method may be called `or`.
    if reserved && params.first().is_none_or(|it| it.name.text != "self") {
        report(inp, Stop { at: name_at, want: Want::Name("function") });
    }
    Ok(Fn { id: NodeId(0), span: inp.since(start), docs, name, type_params, params, result, body })
}

/// `<T, U>`
fn type_params(inp: &mut Inp<'_, '_>) -> Parsed<Vec<Name>> {
    let mut names = Vec::new();
    if !inp.eat(Kind::Less) {
        return Ok(names);
    }
    while inp.kind() != Kind::Greater {
        names.push(inp.parse(name("type"))?);
        if !inp.eat(Kind::Comma) {
            break;
        }
    }
    inp.parse(token(Kind::Greater))?;
    Ok(names)
}

/// `rate: decimal = 0.19`. Without a type the parameter is still known to the body.
fn param(inp: &mut Inp<'_, '_>) -> Parsed<Param> {
    let start = inp.at();
    let name = inp.parse(word("parameter"))?;
    let ty = if inp.eat(Kind::Colon) { type_expr(inp) } else { inp.stop(Want::Token(Kind::Colon)) };
    let ty = match ty {
        Ok(ty) => ty,
        Err(stop) => {
            report(inp, stop);
            skip_item(inp);
            broken_type(name.span.after())
        }
    };
    let default = inp.parse(after(Kind::Equal, initial))?;
    Ok(Param { id: NodeId(0), span: inp.since(start), name, ty: Some(ty), default })
}

/// Goes on to the next comma or closer.
fn skip_item(inp: &mut Inp<'_, '_>) {
    while !matches!(inp.kind(), Kind::Comma | Kind::Equal | Kind::End) {
        let (at, partner) = (inp.at(), inp.token().partner as usize);
        if partner < at {
            return;
        }
        inp.skip_to(partner + 1);
    }
}

/// The type behind `->`. Where only one pair of braces follows, it is the body, and the type is missing.
fn result_type(inp: &mut Inp<'_, '_>) -> Parsed<TypeExpr> {
    let behind = inp.token().partner as usize + 1;
    let next = inp.state().tokens.get(behind).map(|it| it.kind);
    if inp.kind() == Kind::BraceOpen
        && !matches!(next, Some(Kind::BraceOpen | Kind::Equal | Kind::Question))
    {
        let at = offset(inp.at());
        report(inp, Stop { at, want: Want::Type });
        return Ok(broken_type(behind_last(inp)));
    }
    type_or_error(inp)
}

/// `{ … }`, or `= observe` in the library's own files.
fn fn_body(inp: &mut Inp<'_, '_>) -> Parsed<FnBody> {
    if !inp.eat(Kind::Equal) {
        return block(inp).map(FnBody::Block);
    }
    let mut words = Vec::new();
    while is_word(inp.kind()) && !inp.token().on_new_line {
        words.push(taken(inp));
    }
    if words.is_empty() { inp.stop(Want::Block) } else { Ok(FnBody::Native(words)) }
}
