//! `table`: columns, their marks, and indexes.

use super::block::{guarded, initial, sequence};
use super::function::names_type;
use super::list::{Items, list};
use super::name::{is_word, name, taken, text_name, word};
use super::recover::report;
use super::types::type_or_error;
use super::{Inp, Look, Parsed, Stop, Want, after, in_brackets, offset};
use crate::syntax::token::Kind;
use crate::syntax::tree::{Column, ColumnMark, Index, Name, NodeId, Table, TableMember};
use chumsky::Parser;

/// `table Order in warehouse as "orders" { … }`
pub(super) fn table(inp: &mut Inp<'_, '_>) -> Parsed<Table> {
    let start = inp.at();
    let docs = super::file::docs(inp);
    inp.bump();
    let source = after(Kind::In, |inp| inp.parse(name("source")));
    let ((name, source), database_name) =
        inp.parse(name("table").then(source).then(after(Kind::As, text_name)))?;
    if inp.kind() != Kind::BraceOpen {
        return inp.stop(Want::Token(Kind::BraceOpen));
    }
    let end = inp.token().partner as usize;
    let members = in_brackets(inp, |inp| {
        inp.bump();
        let mut members = Vec::new();
        sequence(inp, end, |inp| members.push(member_or_error(inp, end)));
        Ok(members)
    })?;
    inp.skip_to(end + 1);
    Ok(Table { id: NodeId(0), span: inp.since(start), docs, name, source, database_name, members })
}

/// A member is to its neighbours what a statement is: a broken one ends with its line.
fn member_or_error(inp: &mut Inp<'_, '_>, end: usize) -> TableMember {
    let (member, span) = guarded(inp, end, member);
    inp.eat(Kind::Comma);
    member.unwrap_or(TableMember::Error(span))
}

fn member(inp: &mut Inp<'_, '_>) -> Parsed<TableMember> {
    match (inp.kind(), inp.nth(1).kind) {
        (Kind::Index | Kind::Unique, Kind::ParenOpen) => index(inp).map(TableMember::Index),
        _ => column(inp).map(TableMember::Column),
    }
}

/// `index (a, b)`, `unique (a, b)`
fn index(inp: &mut Inp<'_, '_>) -> Parsed<Index> {
    let start = inp.at();
    let unique = inp.bump().kind == Kind::Unique;
    let item = |inp: &mut Inp<'_, '_>| inp.parse(word("column"));
    let (columns, _) =
        list(inp, Kind::ParenOpen, &Items { what: "column", item, broken: |_| None })?;
    Ok(Index { id: NodeId(0), span: inp.since(start), unique, columns })
}

/// `customer_id: int -> Customer cascade = 1`
fn column(inp: &mut Inp<'_, '_>) -> Parsed<Column> {
    let start = inp.at();
    let docs = super::file::docs(inp);
    let name: Name = inp.parse(word("column"))?;
    if !inp.eat(Kind::Colon) {
        let at = offset(inp.at());
        let stop = Stop { at, want: Want::Token(Kind::Colon) };
        if inp.token().on_new_line || !names_type(inp) {
            return Err(stop);
        }
        report(inp, stop);
    }
    let ty = type_or_error(inp)?;
    let mut marks = Vec::new();
    let mut default = None;
    loop {
        if inp.kind() == Kind::Equal && default.is_none() {
            inp.bump();
            default = Some(initial(inp)?);
        } else if let Some(mark) = mark(inp)? {
            marks.push(mark);
        } else {
            break;
        }
    }
    if !inp.token().on_new_line && !begins_member(inp) {
        return inp.stop(Want::LineEnd);
    }
    Ok(Column { id: NodeId(0), span: inp.since(start), docs, name, ty, marks, default })
}

/// Whether a member may stand here although no line begins.
fn begins_member(inp: &mut Inp<'_, '_>) -> bool {
    let (kind, next) = (inp.kind(), inp.nth(1));
    matches!(kind, Kind::BraceClose | Kind::Comma)
        || is_word(kind) && next.kind == Kind::Colon && !next.on_new_line
        || matches!(kind, Kind::Index | Kind::Unique) && next.kind == Kind::ParenOpen
}

/// A word behind a column's type, if one comes on this line.
fn mark(inp: &mut Inp<'_, '_>) -> Parsed<Option<ColumnMark>> {
    let token = inp.token();
    if token.on_new_line || begins_member(inp) {
        return Ok(None);
    }
    let span = inp.span(token);
    let mark = match token.kind {
        Kind::Key => ColumnMark::Key(span),
        Kind::Auto => ColumnMark::Auto(span),
        Kind::Unique => ColumnMark::Unique(span),
        Kind::Cascade => ColumnMark::Cascade(span),
        Kind::Arrow => {
            inp.bump();
            return Ok(Some(ColumnMark::Reference(inp.parse(name("table"))?)));
        }
        Kind::As => {
            inp.bump();
            return Ok(Some(ColumnMark::DatabaseName(text_name(inp)?)));
        }
        kind if is_word(kind) => return Ok(Some(ColumnMark::Unknown(taken(inp)))),
        _ => return Ok(None),
    };
    inp.bump();
    Ok(Some(mark))
}
