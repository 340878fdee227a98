//! The one style, as edits: of a whole document, of some of its lines, of the line being written.

use gen_lsp_types::{
    DocumentFormattingParams, DocumentOnTypeFormattingParams, DocumentRangeFormattingParams,
    TextEdit,
};
use serde_json::Value;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Answer, Asked, write};
use crate::lsp::encoding::Encoding;
use crate::source::{Source, Span};
use crate::syntax;
use crate::syntax::token::Kind;

pub(super) fn whole(asked: &mut Asked<'_>, params: DocumentFormattingParams) -> Answer {
    let encoding = asked.client.encoding;
    let Some(subject) = asked.subject(&params.text_document) else { return Ok(Value::Null) };
    // A text with syntax errors is left alone.
    let Some(edits) = edits(subject.source()) else { return Ok(Value::Null) };
    write(as_text_edits(subject.source(), encoding, edits))
}

pub(super) fn range(asked: &mut Asked<'_>, params: DocumentRangeFormattingParams) -> Answer {
    let encoding = asked.client.encoding;
    let Some(subject) = asked.subject(&params.text_document) else { return Ok(Value::Null) };
    let source = subject.source();
    let within = encoding.span(subject.file, source, params.range);
    let Some(edits) = edits(source) else { return Ok(Value::Null) };
    write(as_text_edits(source, encoding, inside(edits, within)))
}

/// Behind `}` the block that it closes; behind a line break the indentation of the new line.
pub(super) fn on_type(asked: &mut Asked<'_>, params: DocumentOnTypeFormattingParams) -> Answer {
    let encoding = asked.client.encoding;
    let Some(subject) = asked.subject(&params.text_document) else { return Ok(Value::Null) };
    let source = subject.source();
    let offset = encoding.offset(source, params.position);
    if params.ch == "\n" {
        return write(as_text_edits(source, encoding, indentation(source, offset)));
    }
    let Some(edits) = edits(source) else { return Ok(Value::Null) };
    let tokens = syntax::tokens(source.id, &source.text);
    let closing = tokens.iter().find(|it| it.end == offset && it.kind == Kind::BraceClose);
    let Some(opening) = closing.and_then(|it| tokens.get(it.partner as usize)) else {
        return Ok(Value::Null);
    };
    let block = Span::new(source.id, opening.start, offset);
    write(as_text_edits(source, encoding, inside(edits, block)))
}

type Replacement = (Span, String);

/// What the style changes, line by line; nothing where the text has syntax errors.
fn edits(source: &Source) -> Option<Vec<Replacement>> {
    let formatted = syntax::format(source.id, &source.text).ok()?;
    let (old, new) = (lines(&source.text), lines(&formatted));
    let changes = capture_diff_slices(Algorithm::Myers, &old, &new);
    let (old, new) = (starts(&old), starts(&new));
    let each = changes.iter().filter(|it| !matches!(it, DiffOp::Equal { .. })).map(|op| {
        let (before, after) = (op.old_range(), op.new_range());
        let text = formatted[new[after.start]..new[after.end]].to_owned();
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        (Span::new(source.id, place(old[before.start]), place(old[before.end])), text)
    });
    Some(each.collect())
}

/// The lines with their breaks.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Where each line starts, and where the last ends.
fn starts(lines: &[&str]) -> Vec<usize> {
    let mut at = 0;
    let mut starts = vec![0];
    for line in lines {
        at += line.len();
        starts.push(at);
    }
    starts
}

fn inside(edits: Vec<Replacement>, within: Span) -> Vec<Replacement> {
    let touches = |span: &Span| {
        span.start < within.end.max(within.start + 1) && within.start < span.end.max(span.start + 1)
    };
    edits.into_iter().filter(|(span, _)| touches(span)).collect()
}

/// Two blanks for each bracket that is open where the line begins.
fn indentation(source: &Source, offset: u32) -> Vec<Replacement> {
    let line = source.line(source.position(offset).line);
    let text = &source.text[line.clone()];
    let blanks = text.len() - text.trim_start_matches([' ', '\t']).len();
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let tokens = syntax::tokens(source.id, &source.text);
    let before = tokens.iter().filter(|it| (it.end as usize) <= line.start && it.start < it.end);
    let depth = before.fold(0usize, |depth, it| match it.kind {
        Kind::BraceOpen | Kind::BracketOpen | Kind::ParenOpen => depth + 1,
        Kind::BraceClose | Kind::BracketClose | Kind::ParenClose => depth.saturating_sub(1),
        _ => depth,
    });
    let closes = text.trim_start().starts_with(['}', ']', ')']);
    let wanted = "  ".repeat(depth.saturating_sub(usize::from(closes)));
    let in_text = tokens.iter().any(|it| {
        let is_text =
            matches!(it.kind, Kind::Text | Kind::TextStart | Kind::TextMiddle | Kind::TextEnd);
        is_text && (it.start as usize) < line.start && line.start < it.end as usize
    });
    if in_text || text[..blanks] == wanted {
        return Vec::new();
    }
    vec![(Span::new(source.id, place(line.start), place(line.start + blanks)), wanted)]
}

fn as_text_edits(source: &Source, encoding: Encoding, edits: Vec<Replacement>) -> Vec<TextEdit> {
    let each = edits
        .into_iter()
        .map(|(span, new_text)| TextEdit { range: encoding.range(source, span), new_text });
    each.collect()
}
