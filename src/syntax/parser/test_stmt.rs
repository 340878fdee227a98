//! Statements that stand in tests only. Elsewhere their words are names.

use super::expr::{expr, postfix};
use super::name::{name, word};
use super::{Inp, Look, Parsed, Place, Want, placed, token};
use crate::syntax::token::Kind;
use crate::syntax::tree::TestStmt;

/// Whether the word that comes next begins a statement: in a test, where nothing is done to a variable of that name.
pub(super) fn follows(inp: &mut Inp<'_, '_>) -> bool {
    use Kind::{Dot, Equal, MinusEqual, PlusEqual, SlashEqual, StarEqual};
    let next = inp.nth(1).kind;
    inp.state().place.in_test
        && !matches!(next, Dot | Equal | PlusEqual | MinusEqual | StarEqual | SlashEqual)
}

/// `at t`, `expect c`, `stub http "https://…" => r`, `stub http.post "https://…" => r`
pub(super) fn test_stmt(inp: &mut Inp<'_, '_>) -> Parsed<TestStmt> {
    match inp.bump().kind {
        Kind::At => expr(inp).map(TestStmt::At),
        Kind::Expect => expr(inp).map(TestStmt::Expect),
        _ => stub(inp),
    }
}

fn stub(inp: &mut Inp<'_, '_>) -> Parsed<TestStmt> {
    let module = inp.parse(name("module"))?;
    let method = if inp.eat(Kind::Dot) { Some(inp.parse(word("method"))?) } else { None };
    let place = Place { no_arrow: true, ..inp.state().place };
    let args = placed(inp, place, |inp| {
        let mut args = Vec::new();
        while inp.kind() != Kind::FatArrow {
            if inp.token().on_new_line || inp.kind() == Kind::BraceOpen {
                return inp.stop(Want::Token(Kind::FatArrow));
            }
            args.push(postfix(inp)?);
            inp.eat(Kind::Comma);
            if matches!(inp.kind(), Kind::Equal | Kind::Arrow) {
                return inp.stop(Want::Token(Kind::FatArrow));
            }
        }
        Ok(args)
    })?;
    inp.parse(token(Kind::FatArrow))?;
    Ok(TestStmt::Stub { module, method, args, response: expr(inp)? })
}
