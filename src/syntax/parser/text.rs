//! Text literals: escapes, holes, and the indentation of block texts.

use ecow::EcoString;

use super::expr::expr;
use super::recover::{broken_expr, report};
use super::{Inp, Look, Parsed, Want, in_brackets, offset};
use crate::source::Span;
use crate::syntax::errors;
use crate::syntax::token::{Kind, Token};
use crate::syntax::tree::{Expr, ExprKind, Text, TextPart, TextStyle};

/// A text literal with all of its holes.
pub(super) fn text(inp: &mut Inp<'_, '_>) -> Parsed<ExprKind> {
    let first = inp.token();
    let style = style_of(inp.text(first));
    if first.kind == Kind::Text {
        inp.bump();
        let (open, close) = quotes(inp.text(first));
        let piece = Piece {
            start: first.start + open,
            end: first.end.saturating_sub(close).max(first.start + open),
        };
        return Ok(ExprKind::Text(Text {
            style,
            parts: assemble(inp, style, &[piece], Vec::new()),
        }));
    }
    let quote = quotes(inp.text(first)).0;
    let end = first.partner as usize;
    let (pieces, holes) = in_brackets(inp, |inp| {
        let mut pieces = vec![Piece { start: first.start + quote, end: first.end - 1 }];
        let mut holes = Vec::new();
        inp.bump();
        while inp.at() <= end {
            holes.push(hole(inp, end));
            let token = inp.bump();
            let tail = if token.kind == Kind::TextMiddle { 1 } else { quote };
            let close = if token.start == token.end { token.end } else { token.end - tail };
            pieces.push(Piece { start: close.min(token.start + 1), end: close });
        }
        Ok((pieces, holes))
    })?;
    Ok(ExprKind::Text(Text { style, parts: assemble(inp, style, &pieces, holes) }))
}

/// The characters of a text token without holes.
pub(super) fn plain(inp: &mut Inp<'_, '_>, token: Token) -> EcoString {
    let (open, close) = quotes(inp.text(token));
    let style = style_of(inp.text(token));
    let piece = Piece {
        start: token.start + open,
        end: token.end.saturating_sub(close).max(token.start + open),
    };
    match assemble(inp, style, &[piece], Vec::new()).into_iter().next() {
        Some(TextPart::Literal(text, _)) => text,
        Some(TextPart::Hole(_)) | None => EcoString::new(),
    }
}

/// Bytes of the file between two quotes or braces.
#[derive(Clone, Copy)]
struct Piece {
    start: u32,
    end: u32,
}

fn style_of(slice: &str) -> TextStyle {
    if slice.starts_with("\"\"\"") {
        TextStyle::Block
    } else if slice.starts_with('r') {
        TextStyle::Raw
    } else {
        TextStyle::Quoted
    }
}

/// How many bytes the opening and the closing quote of a text have; texts that are not closed have no closing one.
fn quotes(slice: &str) -> (u32, u32) {
    if slice.starts_with("\"\"\"") && slice != "\"\"" {
        return (3, if slice.len() >= 6 && slice.ends_with("\"\"\"") { 3 } else { 0 });
    }
    let open =
        if slice.starts_with("r\"") { 2 } else { slice.chars().next().map_or(0, char::len_utf8) };
    let closing = slice[open..]
        .chars()
        .next_back()
        .filter(|c| matches!(c, '"' | '\'' | '”' | '“' | '’' | '»' | '«'));
    (offset(open), closing.map_or(0, |c| offset(c.len_utf8())))
}

/// The expression of a hole, up to the piece of text behind it.
fn hole(inp: &mut Inp<'_, '_>, end: usize) -> Expr {
    let start = inp.at();
    let before = inp.save();
    let result = expr(inp).and_then(|hole| match inp.kind() {
        Kind::TextMiddle | Kind::TextEnd => Ok(hole),
        _ => inp.stop(Want::Token(Kind::BraceClose)),
    });
    match result {
        Ok(hole) => hole,
        Err(stop) => {
            report(inp, stop);
            inp.rewind(before);
            while inp.at() < end && inp.kind() != Kind::TextMiddle {
                let next = inp.token().partner as usize;
                let at = inp.at();
                inp.skip_to(next.max(at) + 1);
            }
            broken_expr(inp.since(start))
        }
    }
}

/// Pieces and holes in turn, escapes resolved; pieces without characters are left out.
fn assemble(
    inp: &mut Inp<'_, '_>,
    style: TextStyle,
    pieces: &[Piece],
    holes: Vec<Expr>,
) -> Vec<TextPart> {
    let indent =
        if style == TextStyle::Block { common_indent(inp.state().text, pieces) } else { 0 };
    let mut parts = Vec::with_capacity(pieces.len() + holes.len());
    let mut holes = holes.into_iter();
    for (index, piece) in pieces.iter().enumerate() {
        let literal = literal(inp, style, *piece, index == 0, indent);
        if !literal.is_empty() {
            let span = Span::new(inp.state().file, piece.start, piece.end);
            parts.push(TextPart::Literal(literal, span));
        }
        parts.extend(holes.next().map(TextPart::Hole));
    }
    parts
}

/// How many blanks all lines of a block text begin with; lines of blanks do not count, except the last.
fn common_indent(text: &str, pieces: &[Piece]) -> usize {
    let mut common = usize::MAX;
    for piece in pieces {
        let slice = &text[piece.start as usize..piece.end as usize];
        let lines: Vec<&str> = slice.split('\n').collect();
        for (number, line) in lines.iter().enumerate().skip(1) {
            let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
            let runs_into_hole = number + 1 == lines.len();
            let only_blanks = blanks == line.trim_end_matches('\r').len();
            if !only_blanks || runs_into_hole {
                common = common.min(blanks);
            }
        }
    }
    if common == usize::MAX { 0 } else { common }
}

/// The characters that a piece stands for.
fn literal(
    inp: &mut Inp<'_, '_>,
    style: TextStyle,
    piece: Piece,
    first: bool,
    indent: usize,
) -> EcoString {
    let slice = &inp.state().text[piece.start as usize..piece.end as usize];
    if style != TextStyle::Block {
        return if style == TextStyle::Raw || !slice.contains('\\') {
            slice.into()
        } else {
            unescape(inp, slice, piece.start)
        };
    }
    let mut out = EcoString::new();
    let mut at = piece.start;
    for (number, line) in slice.split('\n').enumerate() {
        let skip = if number == 0 {
            0
        } else {
            indent.min(line.len() - line.trim_start_matches([' ', '\t']).len())
        };
        let dropped = first && number == 1 && out.trim().is_empty();
        if number > 0 && !dropped {
            out.push('\n');
        } else if dropped {
            out.clear();
        }
        let content = line[skip..].trim_end_matches('\r');
        out.push_str(&unescape(inp, content, at + offset(skip)));
        at += offset(line.len() + 1);
    }
    out
}

/// Resolves escapes; the first byte of `slice` stands at `base`.
fn unescape(inp: &mut Inp<'_, '_>, slice: &str, base: u32) -> EcoString {
    let mut out = EcoString::with_capacity(slice.len());
    let mut rest = slice;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, length) = escape(rest);
        match c {
            Some(c) => out.push(c),
            None => {
                let start = base + offset(slice.len() - rest.len());
                let span = Span::new(inp.state().file, start, start + offset(length));
                inp.state().diagnostics.push(errors::bad_escape(span, &rest[..length]));
            }
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// The character that the escape at the beginning of `text` stands for, and the escape's length.
fn escape(text: &str) -> (Option<char>, usize) {
    let Some(second) = text[1..].chars().next() else { return (None, 1) };
    let simple = match second {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '\\' | '"' | '{' | '}' | '\'' => second,
        'u' => return unicode(text),
        _ => return (None, 1 + second.len_utf8()),
    };
    (Some(simple), 2)
}

/// `\u{1F600}`
fn unicode(text: &str) -> (Option<char>, usize) {
    let Some(digits) = text.strip_prefix("\\u{") else { return (None, 2) };
    let length = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
    if !digits[length..].starts_with('}') {
        return (None, 3 + length);
    }
    let code = u32::from_str_radix(&digits[..length], 16).ok();
    (code.and_then(char::from_u32), 4 + length)
}
