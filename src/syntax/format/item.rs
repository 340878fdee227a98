//! What stands at the top of a file: declarations and headers.

use super::Writer;
use super::doc::{Doc, concat, group, join, line, nest, nil, text};
use super::list::ROUND;
use crate::source::Span;
use crate::syntax::token::Kind;
use crate::syntax::tree::{
    Column, ColumnMark, Fn, FnBody, Header, HeaderPart, Index, Item, Param, Table, TableMember, Use,
};
use crate::syntax::walk::Node;

/// Where an item stands, without its docs.
pub(super) fn span(item: &Item) -> Span {
    Node::of_item(item).span()
}

impl<'s> Writer<'s> {
    pub(super) fn item(&mut self, item: &'s Item) -> Doc<'s> {
        match item {
            Item::Use(it) => self.use_decl(it),
            Item::Const(it) => {
                let ty = self.stated_type(it.ty.as_ref());
                concat([text("const "), self.name(&it.name), ty, text(" ="), self.value(&it.value)])
            }
            Item::Type(it) => {
                concat([text("type "), self.name(&it.name), text(" = "), self.type_expr(&it.ty)])
            }
            Item::Table(it) => self.table(it),
            Item::Fn(it) => self.function(it),
            Item::Test(it) => {
                let name = self.name(&it.name);
                concat([text("test "), name, text(" "), self.block(&it.body)])
            }
            Item::Keep(it) => {
                let ty = self.stated_type(it.ty.as_ref());
                concat([text("keep "), self.name(&it.name), ty, text(" ="), self.value(&it.value)])
            }
            Item::Header(it) => self.header(it),
            Item::Stmt(it) => self.stmt(it),
        }
    }

    fn use_decl(&self, it: &'s Use) -> Doc<'s> {
        let path = join(it.path.iter().map(|it| self.name(it)), || text("/"));
        let alias = it.alias.as_ref().map_or_else(nil, |it| concat([text(" as "), self.name(it)]));
        concat([text("use "), path, alias])
    }

    fn table(&mut self, it: &'s Table) -> Doc<'s> {
        let source =
            it.source.as_ref().map_or_else(nil, |it| concat([text(" in "), self.name(it)]));
        let named =
            it.database_name.as_ref().map_or_else(nil, |it| concat([text(" as "), self.name(it)]));
        let head = concat([text("table "), self.name(&it.name), source, named, text(" ")]);
        let opened =
            self.token_of(Kind::BraceOpen, it.name.span.end).map_or(it.span.end, |it| it.end);
        concat([
            head,
            self.inside_braces(opened, it.span.end - 1, &it.members, member_span, Self::member),
        ])
    }

    fn member(&mut self, member: &'s TableMember) -> Doc<'s> {
        match member {
            TableMember::Column(it) => self.column(it),
            TableMember::Index(it) => self.index(it),
            TableMember::Error(span) => self.verbatim(*span),
        }
    }

    /// The default comes last, behind all marks.
    fn column(&mut self, it: &'s Column) -> Doc<'s> {
        let mut parts = vec![self.name(&it.name), text(": "), self.type_expr(&it.ty)];
        for mark in &it.marks {
            parts.push(match mark {
                ColumnMark::Key(_) => text(" key"),
                ColumnMark::Auto(_) => text(" auto"),
                ColumnMark::Unique(_) => text(" unique"),
                ColumnMark::Reference(table) => concat([text(" -> "), self.name(table)]),
                ColumnMark::Cascade(_) => text(" cascade"),
                ColumnMark::DatabaseName(name) => concat([text(" as "), self.name(name)]),
                ColumnMark::Unknown(name) => concat([text(" "), self.name(name)]),
            });
        }
        if let Some(default) = &it.default {
            parts.push(text(" ="));
            parts.push(self.value(default));
        }
        concat(parts)
    }

    fn index(&mut self, it: &'s Index) -> Doc<'s> {
        let word = text(if it.unique { "unique " } else { "index " });
        let brackets = self.brackets(it.span.start).unwrap_or(it.span);
        let columns =
            self.list(ROUND, brackets, &it.columns, |it| it.span, |writer, it| writer.name(it));
        concat([word, columns])
    }

    fn function(&mut self, it: &'s Fn) -> Doc<'s> {
        let types: Vec<_> = it.type_params.iter().map(|it| self.name(it)).collect();
        let types = match types.is_empty() {
            true => nil(),
            false => concat([text("<"), join(types, || text(", ")), text(">")]),
        };
        let name = concat([text("fn "), self.name(&it.name), types]);
        let behind = it.type_params.last().unwrap_or(&it.name).span.end;
        let brackets = self.brackets(behind).unwrap_or(it.span);
        let params = self.list(ROUND, brackets, &it.params, |it| it.span, Self::param);
        let result =
            it.result.as_ref().map_or_else(nil, |it| concat([text(" -> "), self.type_expr(it)]));
        let body = match &it.body {
            FnBody::Block(block) => concat([text(" "), self.block(block)]),
            FnBody::Native(words) => {
                let words = words.iter().map(|it| concat([text(" "), self.name(it)]));
                concat([text(" =")].into_iter().chain(words))
            }
        };
        concat([name, params, result, body])
    }

    pub(super) fn param(&mut self, it: &'s Param) -> Doc<'s> {
        let name = self.name(&it.name);
        let ty = self.stated_type(it.ty.as_ref());
        let default =
            it.default.as_ref().map_or_else(nil, |it| concat([text(" = "), self.expr(it)]));
        concat([name, ty, default])
    }

    /// A header goes on in the next line behind a comma only.
    fn header(&mut self, it: &'s Header) -> Doc<'s> {
        let mut parts = Vec::new();
        let mut blank: fn() -> Doc<'s> = || text(" ");
        for part in &it.parts {
            let written = match part {
                HeaderPart::Comma(_) => {
                    parts.push(text(","));
                    blank = line;
                    continue;
                }
                HeaderPart::Word(word) => self.name(word),
                HeaderPart::Value(value) => self.expr(value),
                HeaderPart::Block(block) => self.block(block),
            };
            parts.push(blank());
            parts.push(written);
            blank = || text(" ");
        }
        concat([self.name(&it.word), group(nest_values(it, parts))])
    }

    /// The round brackets that open at the byte `from` or behind it, and what stands between them.
    fn brackets(&self, from: u32) -> Option<Span> {
        let open = self.token_of(Kind::ParenOpen, from)?;
        let close = self.tokens[open.partner as usize];
        Some(Span { start: open.start, end: close.end, file: crate::source::FileId(0) })
    }
}

fn member_span(member: &TableMember) -> Span {
    match member {
        TableMember::Column(it) => it.span,
        TableMember::Index(it) => it.span,
        TableMember::Error(span) => *span,
    }
}

/// Values that take several lines are indented; statements see to that themselves.
fn nest_values<'s>(header: &Header, parts: Vec<Doc<'s>>) -> Doc<'s> {
    let holds_block = header.parts.iter().any(|it| matches!(it, HeaderPart::Block(_)));
    if holds_block { concat(parts) } else { nest(concat(parts)) }
}
