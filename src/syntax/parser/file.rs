//! A whole file: declarations, headers, and the statements of the task's body.

use ecow::EcoString;

use super::block::{guarded, initial, line_end, sequence, spoil};
use super::function::{function, function_without_word};
use super::header::{self, header};
use super::name::{name, text_name, word};
use super::recover::{
    broken_expr, broken_type, equals, is_consequence, touches_fault, value_or_error,
};
use super::stmt::statement;
use super::table::table;
use super::types::type_or_error;
use super::{Inp, Look, Parsed, Place, after, nested, offset, placed, rule, token};
use crate::source::Span;
use crate::syntax::errors;
use crate::syntax::token::Kind;
use crate::syntax::tree::{Const, File, Item, Keep, NodeId, Stmt, StmtKind, Test, TypeAlias, Use};
use chumsky::Parser;

/// Everything up to the end.
pub(super) fn file(inp: &mut Inp<'_, '_>) -> Parsed<File> {
    let end = inp.state().tokens.len() - 1;
    let docs = file_docs(inp);
    let mut items: Vec<Item> = Vec::new();
    let mut late = LateHeaders::default();
    sequence(inp, end, |inp| {
        let at = inp.at();
        let item = item(inp, end);
        late.see(inp, &item);
        debug_assert!(inp.at() > at, "every item takes a token");
        items.push(item);
    });
    inp.bump();
    Ok(File { docs, items, node_count: 0 })
}

/// A declaration, a header or a statement; one that is broken becomes a statement that says so.
fn item(inp: &mut Inp<'_, '_>, end: usize) -> Item {
    let (item, span) = guarded(inp, end, |inp| {
        let start = inp.at();
        let mut item = match declaration(inp)? {
            Some(item) => item,
            None if header::follows(inp) => Item::Header(header(inp)?),
            None => {
                let kind = statement(inp)?;
                Item::Stmt(Stmt { id: NodeId(0), span: inp.since(start), kind })
            }
        };
        if !line_end(inp, end) {
            match &mut item {
                Item::Stmt(stmt) => spoil(&mut stmt.kind),
                Item::Type(it) => it.ty = broken_type(it.ty.span),
                Item::Const(it) => it.value = broken_expr(it.value.span),
                Item::Keep(it) => it.value = broken_expr(it.value.span),
                Item::Use(_) | Item::Table(_) | Item::Fn(_) | Item::Test(_) | Item::Header(_) => {}
            }
        }
        Ok(item)
    });
    item.unwrap_or(Item::Stmt(Stmt { id: NodeId(0), span, kind: StmtKind::Error }))
}

/// A declaration, if the next word begins one.
fn declaration(inp: &mut Inp<'_, '_>) -> Parsed<Option<Item>> {
    let item = match inp.kind() {
        Kind::Use => Item::Use(use_decl(inp)?),
        Kind::Const => Item::Const(const_decl(inp)?),
        Kind::Type => Item::Type(type_decl(inp)?),
        Kind::Table => Item::Table(table(inp)?),
        Kind::Fn => Item::Fn(function(inp)?),
        Kind::Test => Item::Test(test(inp)?),
        Kind::Keep
            if inp.nth(1).kind.is_name()
                && matches!(inp.nth(2).kind, Kind::Colon | Kind::Equal) =>
        {
            Item::Keep(keep(inp)?)
        }
        _ => return Ok(function_without_word(inp)?.map(Item::Fn)),
    };
    Ok(Some(item))
}

/// A declaration inside a block: parsed, so that what follows it is understood, and refused.
pub(super) fn misplaced(inp: &mut Inp<'_, '_>) -> Parsed<StmtKind> {
    let word = inp.token();
    let span = inp.span(word);
    nested(inp, declaration)?;
    let at = inp.at();
    if !is_consequence(inp, at) {
        inp.state().diagnostics.push(errors::declaration_inside(span, word.kind));
    }
    Ok(StmtKind::Error)
}

/// Sees to it that headers stand above statements. Where they do not, that is one mistake, however many they are.
#[derive(Default)]
struct LateHeaders {
    first_stmt: Option<Span>,
    reported: bool,
}

impl LateHeaders {
    fn see(&mut self, inp: &mut Inp<'_, '_>, item: &Item) {
        match item {
            // What is broken may have been meant as anything.
            Item::Stmt(stmt)
                if !inp.state().quiet && !touches_fault(inp, stmt.span.start, stmt.span.end) =>
            {
                self.first_stmt = self.first_stmt.or(Some(stmt.span));
            }
            Item::Header(it)
                if !self.reported && header::WORDS.contains(&it.word.text.as_str()) =>
            {
                let Some(first) = self.first_stmt else { return };
                self.reported = true;
                let found = errors::header_after_statement(it.span, &it.word.text, first);
                inp.state().diagnostics.push(found);
            }
            _ => {}
        }
    }
}

/// The `///` lines at the top, unless they document the declaration right below them.
fn file_docs(inp: &mut Inp<'_, '_>) -> Option<EcoString> {
    let state = inp.state();
    let docs = state.docs.first().filter(|it| it.token == 0)?;
    (docs.detached || !is_documented(state.tokens[0].kind)).then(|| docs.text.clone())
}

/// Whether `///` lines above a word like this belong to what it begins.
fn is_documented(kind: Kind) -> bool {
    matches!(kind, Kind::Fn | Kind::Const | Kind::Type | Kind::Table)
}

/// The `///` lines right above the next token.
pub(super) fn docs(inp: &mut Inp<'_, '_>) -> Option<EcoString> {
    let at = offset(inp.at());
    let docs = inp.state().docs;
    let index = docs.partition_point(|it| it.token <= at).checked_sub(1)?;
    let found = &docs[index];
    (found.token == at && !found.detached).then(|| found.text.clone())
}

/// `use lib/money as m`
fn use_decl(inp: &mut Inp<'_, '_>) -> Parsed<Use> {
    let start = inp.at();
    inp.bump();
    let mut path = vec![inp.parse(name("module"))?];
    while inp.eat(Kind::Slash) {
        path.push(inp.parse(name("module"))?);
    }
    let alias = inp.parse(after(Kind::As, |inp| inp.parse(name("module"))))?;
    Ok(Use { id: NodeId(0), span: inp.since(start), path, alias })
}

/// `const BATCH = 500`
fn const_decl(inp: &mut Inp<'_, '_>) -> Parsed<Const> {
    let start = inp.at();
    let docs = docs(inp);
    inp.bump();
    let (name, ty) = inp.parse(name("constant").then(after(Kind::Colon, type_or_error)))?;
    let value = value_or_error(inp, |inp| {
        equals(inp)?;
        initial(inp)
    })?;
    Ok(Const { id: NodeId(0), span: inp.since(start), docs, name, ty, value })
}

/// `type Money = decimal`
fn type_decl(inp: &mut Inp<'_, '_>) -> Parsed<TypeAlias> {
    let start = inp.at();
    let docs = docs(inp);
    let word = token(Kind::Type).ignore_then(name("type")).then_ignore(token(Kind::Equal));
    let (name, ty) = inp.parse(word.then(rule(type_or_error)))?;
    Ok(TypeAlias { id: NodeId(0), span: inp.since(start), docs, name, ty })
}

/// `test "late orders are marked" { … }`
fn test(inp: &mut Inp<'_, '_>) -> Parsed<Test> {
    let start = inp.at();
    let name = inp.parse(token(Kind::Test).ignore_then(rule(text_name)))?;
    let place = Place { in_test: true, ..Place::default() };
    let body = placed(inp, place, super::block::block)?;
    Ok(Test { id: NodeId(0), span: inp.since(start), name, body })
}

/// `keep cursor: int = 0`
fn keep(inp: &mut Inp<'_, '_>) -> Parsed<Keep> {
    let start = inp.at();
    inp.bump();
    let (name, ty) = inp.parse(word("variable").then(after(Kind::Colon, type_or_error)))?;
    let value = value_or_error(inp, |inp| {
        equals(inp)?;
        initial(inp)
    })?;
    Ok(Keep { id: NodeId(0), span: inp.since(start), name, ty, value })
}
