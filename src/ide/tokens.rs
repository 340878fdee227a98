//! What each word of a file is, for colours: by what it stands for, not by how it looks.

use super::{Role, Symbol, View, names, occurrences};
use crate::source::Span;
use crate::syntax::token::Kind;
use crate::syntax::tree::{ExprKind, Item};
use crate::syntax::walk::{self, Node};

/// The kinds of word, as editors know them.
pub const TOKEN_KINDS: &[&str] = &[
    "keyword",
    "comment",
    "string",
    "number",
    "operator",
    "namespace",
    "type",
    "class",
    "function",
    "method",
    "parameter",
    "variable",
    "property",
];

/// A place in [`TOKEN_KINDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "named after the words of TOKEN_KINDS")]
pub enum TokenKind {
    Keyword,
    Comment,
    String,
    Number,
    Operator,
    Namespace,
    Type,
    Class,
    Function,
    Method,
    Parameter,
    Variable,
    Property,
}

/// A word, or the part of one that stands on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenSpan {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
    /// Whether it brings what it stands for into being.
    pub declares: bool,
    /// Whether what it stands for never changes.
    pub is_constant: bool,
    /// Whether it belongs to the library.
    pub is_library: bool,
}

/// Every word of the file that has a colour, in order; none spans two lines or overlaps another.
#[must_use]
pub fn tokens(view: &View<'_>) -> Vec<TokenSpan> {
    let text = &view.source().text;
    let plain = |span, kind| TokenSpan {
        span,
        kind,
        declares: false,
        is_constant: false,
        is_library: false,
    };
    let mut found: Vec<TokenSpan> = named(view);
    let words = words(view);
    for token in crate::syntax::tokens(view.file, text) {
        let span = Span::new(view.file, token.start, token.end);
        let kind = match token.kind {
            kind if kind.is_reserved() => TokenKind::Keyword,
            Kind::Int | Kind::Decimal | Kind::Float | Kind::Duration | Kind::Size | Kind::Time => {
                TokenKind::Number
            }
            Kind::Text | Kind::TextStart | Kind::TextMiddle | Kind::TextEnd => TokenKind::String,
            kind if Kind::SIGNS.contains(&kind) && !is_bracket(kind) => TokenKind::Operator,
            _ if words.contains(&span) => TokenKind::Keyword,
            _ => continue,
        };
        found.push(plain(span, kind));
    }
    let comments = view.project.file(view.file).comments.iter();
    found.extend(comments.map(|it| plain(it.span, TokenKind::Comment)));
    found.sort_by_key(|it| (it.span.start, it.span.end, it.kind));
    apart(found).into_iter().flat_map(|it| lines(text, it)).collect()
}

fn is_bracket(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ParenOpen
            | Kind::ParenClose
            | Kind::BracketOpen
            | Kind::BracketClose
            | Kind::BraceOpen
            | Kind::BraceClose
            | Kind::Comma
            | Kind::Colon
            | Kind::Dot
    )
}

/// Leaves out what begins within what comes before it.
fn apart(found: Vec<TokenSpan>) -> Vec<TokenSpan> {
    let mut apart: Vec<TokenSpan> = Vec::with_capacity(found.len());
    for it in found.into_iter().filter(|it| it.span.start < it.span.end) {
        if apart.last().is_none_or(|last| last.span.end <= it.span.start) {
            apart.push(it);
        }
    }
    apart
}

/// The parts of a word that stand on one line each.
fn lines(text: &str, token: TokenSpan) -> Vec<TokenSpan> {
    let inner = text.get(token.span.range()).unwrap_or_default();
    if !inner.contains('\n') {
        return vec![token];
    }
    let mut start = token.span.start;
    let mut parts = Vec::new();
    for line in inner.split_inclusive('\n') {
        let bytes = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let end = start + bytes(line.trim_end_matches(['\n', '\r']));
        if start < end {
            parts.push(TokenSpan { span: Span { start, end, ..token.span }, ..token });
        }
        start += bytes(line);
    }
    parts
}

/// Words that mean something only in their places: of headers, of queries.
fn words(view: &View<'_>) -> Vec<Span> {
    let mut words = Vec::new();
    walk::each(view.tree(), &mut |node| match node {
        Node::Header(header) => {
            words.push(header.word.span);
            for part in &header.parts {
                if let crate::syntax::tree::HeaderPart::Word(word) = part {
                    words.push(word.span);
                }
            }
        }
        Node::Expr(expr) => {
            if let ExprKind::Query(query) = &expr.kind {
                for clause in &query.clauses {
                    words.extend(each_word(view, clause.word_span));
                }
            }
        }
        Node::Keep(keep) => {
            words.push(Span { end: keep.span.start + 4, ..keep.span });
        }
        _ => {}
    });
    words
}

/// `left join` is two words.
fn each_word(view: &View<'_>, span: Span) -> Vec<Span> {
    let text = view.slice(span);
    let start_of = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    text.split_whitespace()
        .map(|word| {
            let start = span.start + u32::try_from(start_of(word)).unwrap_or(0);
            let end = start + u32::try_from(word.len()).unwrap_or(0);
            Span { start, end, ..span }
        })
        .collect()
}

fn named(view: &View<'_>) -> Vec<TokenSpan> {
    let mut params = Vec::new();
    walk::each(view.tree(), &mut |node| {
        if let Node::Param(param) = node {
            params.push(param.name.span);
        }
    });
    let each = occurrences::all(view).into_iter();
    each.map(|it| {
        let kind = match &it.symbol {
            Symbol::Local(span) if params.contains(span) => TokenKind::Parameter,
            Symbol::Local(_) => TokenKind::Variable,
            Symbol::Decl(decl) => match names::item(view, *decl) {
                Item::Fn(_) => TokenKind::Function,
                Item::Table(_) => TokenKind::Class,
                Item::Type(_) => TokenKind::Type,
                _ => TokenKind::Variable,
            },
            Symbol::Column(..) | Symbol::Run(_) | Symbol::Setting(..) => TokenKind::Property,
            Symbol::Module(_) | Symbol::LibraryModule(_) | Symbol::Source(_) => {
                TokenKind::Namespace
            }
            Symbol::Library(function) => {
                let is_method = view.library.function(function).signature.is_method();
                if is_method { TokenKind::Method } else { TokenKind::Function }
            }
        };
        let is_const = match &it.symbol {
            Symbol::Decl(decl) => matches!(names::item(view, *decl), Item::Const(_)),
            _ => false,
        };
        TokenSpan {
            span: it.span,
            kind,
            declares: it.role == Role::Declares,
            is_constant: is_const,
            is_library: matches!(it.symbol, Symbol::Library(_) | Symbol::LibraryModule(_)),
        }
    })
    .collect()
}
