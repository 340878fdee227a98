//! `fn`, with a body or, in the library, without.

use ecow::EcoString;

use super::block::{block, body_on_line, initial};
use super::list::{Items, list};
use super::name::{is_word, name, taken, word};
use super::recover::{behind as behind_last, broken_type, is_consequence, report};
use super::types::{type_expr, type_or_error};
use super::{Inp, Look, Parsed, Stop, Want, after, offset, token};
use crate::diagnostics::suggest::foreign::foreign;
use crate::source::Span;
use crate::syntax::errors;
use crate::syntax::token::Kind;
use crate::syntax::tree::{self, FnBody, Name, NodeId, Param, TypeExpr};

/// `fn gross(net: decimal, rate: decimal = 0.19) -> decimal { … }`
pub(super) fn function(inp: &mut Inp<'_, '_>) -> Parsed<tree::Fn> {
    let start = inp.at();
    let docs = super::file::docs(inp);
    inp.bump();
    behind_word(inp, start, docs)
}

/// `add(n: int) -> int { … }` and `def add(n: int) -> int { … }`: a function without the word that begins one, which is reported.
pub(super) fn function_without_word(inp: &mut Inp<'_, '_>) -> Parsed<Option<tree::Fn>> {
    let (first, second) = (inp.token(), inp.nth(1));
    let words = usize::from(second.kind.is_name() && !second.on_new_line);
    let open = inp.nth(words + 1);
    let at = inp.at();
    let behind = (open.partner as usize).saturating_sub(at) + 1;
    let arrow = inp.nth(behind);
    let is_function = first.kind.is_name()
        && open.kind == Kind::ParenOpen
        && arrow.kind == Kind::Arrow
        && !arrow.on_new_line;
    if !is_function {
        return Ok(None);
    }
    if words == 1 && foreign(inp.text(first)).is_some() {
        report(inp, Stop { at: offset(at + 2), want: Want::LineEnd });
    } else if !is_consequence(inp, at) {
        let (word, name) = (inp.span(first), inp.nth(words));
        let name = inp.text(name);
        let missing = errors::missing_fn((words == 1).then_some(word), word, name);
        inp.state().diagnostics.push(missing);
    }
    inp.skip_to(at + words);
    behind_word(inp, at, None).map(Some)
}

/// What stands behind the word `fn`.
fn behind_word(inp: &mut Inp<'_, '_>, start: usize, docs: Option<EcoString>) -> Parsed<tree::Fn> {
    let name_at = offset(inp.at());
    let reserved = inp.kind().is_reserved();
    let name = inp.parse(word("function"))?;
    let type_params = type_params(inp)?;
    let params = params(inp, param)?;
    let result = result(inp)?;
    let body = fn_body(inp)?;
    // Behind a dot any word is a name, so that a method may be called `or`.
    if reserved && params.first().is_none_or(|it| it.name.text != "self") {
        report(inp, Stop { at: name_at, want: Want::Name("function") });
    }
    Ok(tree::Fn {
        id: NodeId(0),
        span: inp.since(start),
        docs,
        name,
        type_params,
        params,
        result,
        body,
    })
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
    skip_to_name(inp);
    let start = inp.at();
    let name = inp.parse(word("parameter"))?;
    let ty = if inp.eat(Kind::Colon) {
        type_expr(inp)
    } else if names_type(inp) {
        let at = offset(inp.at());
        report(inp, Stop { at, want: Want::Token(Kind::Colon) });
        type_expr(inp)
    } else {
        inp.stop(Want::Token(Kind::Colon))
    };
    let ty = type_or_rest(inp, ty, &name);
    let default = inp.parse(after(Kind::Equal, initial))?;
    Ok(Param { id: NodeId(0), span: inp.since(start), name, ty: Some(ty), default })
}

/// Whether the next word is certainly a type's.
pub(super) fn names_type(inp: &mut Inp<'_, '_>) -> bool {
    const BUILT_IN: [&str; 9] =
        ["int", "decimal", "float", "bool", "text", "bytes", "time", "date", "duration"];
    let token = inp.token();
    let word = inp.text(token);
    BUILT_IN.contains(&word) || token.kind.is_name() && word.starts_with(char::is_uppercase)
}

/// Passes over what stands in front of a parameter's name and colon; that is spoken of.
fn skip_to_name(inp: &mut Inp<'_, '_>) {
    let at = inp.at();
    if is_word(inp.kind()) {
        return;
    }
    let tokens = inp.state().tokens;
    let is_item = |it: &usize| !matches!(tokens[*it].kind, Kind::Comma | Kind::Equal | Kind::End);
    let mut ahead =
        (at..tokens.len()).take_while(|it| is_item(it) && tokens[*it].partner as usize == *it);
    let names = |it: &usize| {
        is_word(tokens[*it].kind) && tokens.get(it + 1).is_some_and(|it| it.kind == Kind::Colon)
    };
    if let Some(name) = ahead.find(names) {
        report(inp, Stop { at: offset(at), want: Want::Name("parameter") });
        inp.skip_to(name);
    }
}

/// The type of a parameter, or an error in its place, behind which the list goes on.
pub(super) fn type_or_rest(inp: &mut Inp<'_, '_>, ty: Parsed<TypeExpr>, name: &Name) -> TypeExpr {
    ty.unwrap_or_else(|stop| {
        report(inp, stop);
        skip_item(inp);
        broken_type(name.span.after())
    })
}

/// `(a: int, b: int)`. A parameter that could not be read takes the place of one of which nothing is known.
pub(super) fn params<'t>(
    inp: &mut Inp<'t, '_>,
    param: impl Fn(&mut Inp<'t, '_>) -> Parsed<Param>,
) -> Parsed<Vec<Param>> {
    let broken = |span: Span| {
        let name = Name { text: "".into(), span };
        Some(Param { id: NodeId(0), span, name, ty: Some(broken_type(span)), default: None })
    };
    let items = Items { what: "parameter", item: param, broken };
    let (mut params, _) = list(inp, Kind::ParenOpen, &items)?;
    // What stands behind a parameter without a comma belongs to it: `xs: int[]`.
    let text = inp.state().text;
    let is_apart = |it: &Param| text[..it.span.start as usize].trim_end().ends_with([',', '(']);
    params.retain(|it| !it.name.text.is_empty() || is_apart(it));
    let is_whole = |it: &Param| {
        let behind = text[it.span.end as usize..].trim_start();
        behind.starts_with(|c: char| c.is_alphabetic() || matches!(c, ',' | ')' | '='))
    };
    for param in params.iter_mut().filter(|it| !is_whole(it)) {
        param.ty = param.ty.take().map(|it| broken_type(it.span));
    }
    Ok(params)
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

/// What stands between the parameters and the body. Where that cannot be read, the body still is.
fn result(inp: &mut Inp<'_, '_>) -> Parsed<Option<TypeExpr>> {
    let start = inp.at();
    let stated = match inp.kind() {
        Kind::BraceOpen | Kind::Equal => return Ok(None),
        Kind::Arrow => {
            inp.bump();
            result_type(inp)
        }
        Kind::FatArrow | Kind::Colon if !inp.token().on_new_line => {
            report(inp, Stop { at: offset(start), want: Want::Block });
            inp.bump();
            result_type(inp)
        }
        _ => inp.stop(Want::Block),
    };
    let stop = match stated {
        Ok(ty) if matches!(inp.kind(), Kind::BraceOpen | Kind::Equal) => return Ok(Some(ty)),
        Ok(_) => Stop { at: offset(inp.at()), want: Want::Block },
        Err(stop) => stop,
    };
    let Some(body) = body_on_line(inp) else { return Err(stop) };
    report(inp, stop);
    inp.skip_to(body);
    Ok(Some(broken_type(inp.since(start))))
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
