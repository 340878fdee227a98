//! `fn`, with a body or, in the library, without.

use super::block::{block, initial};
use super::list::{Items, list};
use super::name::{is_word, name, taken, word};
use super::types::{type_expr, type_or_error};
use super::{Inp, Look, Parsed, Want, after, rule, token};
use crate::syntax::token::Kind;
use crate::syntax::tree::{Fn, FnBody, Name, NodeId, Param};
use chumsky::Parser;

/// `fn gross(net: decimal, rate: decimal = 0.19) -> decimal { … }`
pub(super) fn function(inp: &mut Inp<'_, '_>) -> Parsed<Fn> {
    let start = inp.at();
    let docs = super::file::docs(inp);
    inp.bump();
    let name = inp.parse(name("function"))?;
    let type_params = type_params(inp)?;
    let items = Items { what: "parameter", item: param, broken: |_| None };
    let (params, _) = list(inp, Kind::ParenOpen, &items)?;
    let (result, body) = inp.parse(after(Kind::Arrow, type_or_error).then(rule(fn_body)))?;
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

/// `rate: decimal = 0.19`
fn param(inp: &mut Inp<'_, '_>) -> Parsed<Param> {
    let start = inp.at();
    let named = word("parameter").then_ignore(token(Kind::Colon));
    let ((name, ty), default) =
        inp.parse(named.then(rule(type_expr)).then(after(Kind::Equal, initial)))?;
    Ok(Param { id: NodeId(0), span: inp.since(start), name, ty: Some(ty), default })
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
