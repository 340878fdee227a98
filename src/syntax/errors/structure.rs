//! Findings about how tokens stand together.

use super::{error, habits, quoted};
use crate::diagnostics::suggest::words::article;
use crate::diagnostics::{Diagnostic, Fix};
use crate::source::{FileId, Span};
use crate::syntax::token::{Kind, Token};

/// What stands where the parser could not go on.
#[derive(Clone, Copy)]
pub(in crate::syntax) struct Found<'t> {
    pub(in crate::syntax) file: FileId,
    pub(in crate::syntax) text: &'t str,
    /// The token that did not fit.
    pub(in crate::syntax) token: Token,
    /// The one before it.
    pub(in crate::syntax) before: Option<Token>,
    /// The first one of the statement, and the one behind that.
    pub(in crate::syntax) statement: Token,
    pub(in crate::syntax) second: Token,
}

impl<'t> Found<'t> {
    pub(super) fn span(&self, token: Token) -> Span {
        Span::new(self.file, token.start, token.end)
    }

    pub(super) fn slice(&self, token: Token) -> &'t str {
        &self.text[token.start as usize..token.end as usize]
    }

    /// The place right behind the token before.
    fn gap(&self) -> Span {
        let end = self.before.map_or(0, |it| it.end);
        Span::new(self.file, end, end)
    }

    /// The token as a message names it.
    fn shown(&self) -> String {
        match self.token.kind {
            Kind::End => "the end of the file".to_owned(),
            kind if self.token.start == self.token.end => format!("`{}`", kind.text()),
            _ => quoted(self.slice(self.token)),
        }
    }

    /// " after `x`", or nothing at the beginning of the file.
    fn after_before(&self) -> String {
        match self.before {
            Some(before) if before.end > before.start => {
                format!(" after {}", quoted(self.slice(before)))
            }
            _ => String::new(),
        }
    }

    /// Whether the token before is of a kind.
    pub(super) fn before_is(&self, kind: Kind) -> bool {
        self.before.is_some_and(|it| it.kind == kind)
    }

    /// Whether what follows the token, blanks aside, starts so.
    pub(super) fn next_starts_with(&self, what: &str) -> bool {
        self.text[self.token.end as usize..].trim_start_matches(' ').starts_with(what)
    }

    /// Whether a blank follows the token.
    fn next_is_blank(&self) -> bool {
        self.text[self.token.end as usize..].starts_with([' ', '\n'])
    }

    /// Whether a digit follows the token.
    pub(super) fn is_before_digit(&self) -> bool {
        self.text[self.token.end as usize..].starts_with(|c: char| c.is_ascii_digit())
    }

    /// The statement from its beginning to the end of its first line.
    pub(super) fn line(&self) -> &'t str {
        self.text[self.statement.start as usize..].lines().next().unwrap_or_default()
    }

    /// The token and what follows it on its line.
    pub(super) fn rest_of_line(&self) -> &'t str {
        self.text[self.token.start as usize..].lines().next().unwrap_or_default()
    }

    /// The `keep` of `keep n: …` in a block on one line, where it was taken for a statement of its own.
    pub(super) fn keep_on_line(&self) -> Option<Span> {
        const WORD: &str = "keep";
        let head = &self.text[..self.token.start as usize];
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let name = head.trim_end_matches(' ').trim_end_matches(is_name).trim_end_matches(' ');
        let before = name.strip_suffix(WORD).filter(|it| !it.ends_with(is_name))?;
        let start = crate::syntax::lex::offset(before.len());
        Some(Span::new(self.file, start, start + crate::syntax::lex::offset(WORD.len())))
    }

    /// The statement from its beginning to the token.
    pub(super) fn statement_before(&self) -> &'t str {
        self.text.get(self.statement.start as usize..self.token.start as usize).unwrap_or_default()
    }

    /// The statement begins its line, without indentation.
    pub(super) fn is_outermost(&self) -> bool {
        let before = &self.text[..self.statement.start as usize];
        before.is_empty() || before.ends_with('\n')
    }

    /// The statement does not even begin.
    pub(super) fn is_first(&self) -> bool {
        self.token.start == self.statement.start
    }

    /// What is missing is missing at the end of a line.
    pub(super) fn at_line_end(&self) -> bool {
        self.token.on_new_line || self.token.kind == Kind::End
    }

    /// What is missing is missing between two signs that separate or close.
    pub(super) fn before_separator(&self) -> bool {
        use Kind::{
            BraceClose, BracketClose, Colon, Comma, Equal, ParenClose, TextEnd, TextMiddle,
        };
        let kind = self.token.kind;
        matches!(
            kind,
            Comma | Colon | Equal | ParenClose | BracketClose | BraceClose | TextMiddle | TextEnd
        )
    }
}

/// `f(a b)`
pub(in crate::syntax) fn missing_comma(found: &Found<'_>, what: &str) -> Diagnostic {
    if let Some(habit) = habits::between_values(found) {
        return habit;
    }
    let gap = found.gap();
    error("missing-comma", format!("a comma is missing between two {what}s"), gap, "here")
        .fix(Fix::maybe("add `,`", gap, ","))
}

/// `let total =` with nothing behind it.
pub(in crate::syntax) fn missing_initial(found: &Found<'_>) -> Diagnostic {
    let named = found.second.kind.is_name() && found.statement.kind.is_reserved();
    let name = found.slice(if named { found.second } else { found.statement });
    let gap = found.gap();
    error(
        "missing-value",
        format!("{} has no value yet", quoted(name)),
        gap,
        "a value should follow",
    )
    .fix(Fix::snippet("give it a value", gap, " ${1:value}"))
}

/// `x = a +` at the end of a line.
pub(in crate::syntax) fn missing_value(found: &Found<'_>) -> Diagnostic {
    let gap = found.gap();
    error(
        "missing-value",
        format!("a value is missing{}", found.after_before()),
        gap,
        "a value should follow",
    )
    .fix(Fix::snippet("give it a value", gap, " ${1:value}"))
}

/// `f(a, , b)`, `x: ,`
pub(in crate::syntax) fn missing_between(found: &Found<'_>, what: &str) -> Diagnostic {
    let gap = found.gap();
    let code = if what == "value" { "missing-value" } else { "missing-part" };
    error(
        code,
        format!("a {what} is missing{}", found.after_before()),
        gap,
        format!("a {what} should follow"),
    )
    .fix(Fix::snippet(format!("give it a {what}"), gap, format!(" ${{1:{what}}}")))
}

/// `let from = 1`
pub(in crate::syntax) fn reserved_word(found: &Found<'_>, what: &str) -> Diagnostic {
    let (span, word) = (found.span(found.token), found.slice(found.token));
    let title = format!("`{word}` is a word of the language");
    error("reserved-word", title, span, format!("it cannot name {} {what}", article(what)))
        .help(format!("call the {what} something else, such as `{word}_`"))
        .fix(Fix::maybe(format!("call it `{word}_`"), span, format!("{word}_")))
}

/// `let = 1`, `x.`
pub(in crate::syntax) fn missing_name(found: &Found<'_>, what: &str) -> Diagnostic {
    let gap = found.gap();
    let title = format!("a name for the {what} is missing");
    match found.token.kind {
        Kind::Int | Kind::BadNumber | Kind::Text | Kind::TextStart if !found.token.on_new_line => {
            error("missing-part", title, found.span(found.token), "this is no name")
                .help("names begin with a letter or `_`")
        }
        _ => error("missing-part", title, gap, "a name should follow").fix(Fix::snippet(
            "name it",
            gap,
            " ${1:name}",
        )),
    }
}

/// `if a` without `{`.
pub(in crate::syntax) fn missing_block(found: &Found<'_>) -> Diagnostic {
    if !found.at_line_end() {
        return out_of_place(found, "the body in `{ … }` should begin here");
    }
    let gap = found.gap();
    error(
        "missing-part",
        format!("`{{` is missing{}", found.after_before()),
        gap,
        "the body should begin here",
    )
    .help("bodies stand in braces: `{ … }`")
}

/// A sign or word that has to stand here.
pub(in crate::syntax) fn missing_token(found: &Found<'_>, kind: Kind) -> Diagnostic {
    let gap = found.gap();
    let text = kind.text();
    let title = match kind {
        Kind::Text => format!("a text is missing{}", found.after_before()),
        _ => format!("`{text}` is missing{}", found.after_before()),
    };
    let missing = error("missing-part", title, gap, "here");
    match kind {
        Kind::Colon | Kind::Comma => missing.fix(Fix::maybe(format!("add `{text}`"), gap, text)),
        Kind::Equal if found.line().contains('=') => missing,
        Kind::Equal | Kind::FatArrow | Kind::In | Kind::Else => {
            missing.fix(Fix::maybe(format!("add `{text}`"), gap, format!(" {text}")))
        }
        Kind::Catch => missing.help("a `try { … }` is followed by `catch { … }` or `else …`"),
        _ => missing,
    }
}

/// `add(n: int) -> int {`, or with a word that begins nothing in front of it.
pub(in crate::syntax) fn missing_fn(word: Option<Span>, start: Span, name: &str) -> Diagnostic {
    let title = format!("`fn` is missing before `{name}`");
    let mend = match word {
        Some(word) => Fix::maybe("write `fn`", word, "fn"),
        None => Fix::maybe("add `fn`", start.before(), "fn "),
    };
    error("missing-part", title, word.unwrap_or(start.before()), "a function is declared here")
        .fix(mend)
}

/// `fn f(a) {`
pub(in crate::syntax) fn parameter_without_type(found: &Found<'_>) -> Diagnostic {
    let gap = found.gap();
    let name = found.before.map_or("", |it| found.slice(it));
    error("missing-part", format!("{} has no type", quoted(name)), gap, "its type should follow")
        .help("functions state the types of their parameters: `a: int`")
        .fix(Fix::snippet("give it a type", gap, ": ${1:int}"))
}

/// `f(a = 1)`, `{ a = 1 }`
pub(in crate::syntax) fn named_with_equals(found: &Found<'_>) -> Diagnostic {
    let span = found.span(found.token);
    let spaced = found.before.is_some_and(|it| it.end < found.token.start);
    let blank = Span { start: if spaced { found.gap().end } else { span.start }, ..span };
    error("foreign-word", "a value is named with `:` here", span, "")
        .help("write `name: value`")
        .fix(Fix::safe("write `:`", blank, if found.next_is_blank() { ":" } else { ": " }))
}

/// `c ? a : b`
pub(in crate::syntax) fn ternary(found: &Found<'_>) -> Diagnostic {
    let title = "`? :` is written `if … { … } else { … }` here";
    error("foreign-word", title, found.span(found.token), "").help("write `if c { a } else { b }`")
}

/// `print "done"`
pub(in crate::syntax) fn call_without_brackets(found: &Found<'_>) -> Diagnostic {
    let name = found.before.map_or("", |it| found.slice(it));
    out_of_place(found, "a call holds its arguments in brackets").help(format!("write `{name}(…)`"))
}

/// Something behind a finished statement.
pub(in crate::syntax) fn after_statement(found: &Found<'_>) -> Diagnostic {
    out_of_place(found, "the statement is over before it")
        .help("put an operator between the two, or begin a new line")
}

/// Anything else.
pub(in crate::syntax) fn out_of_place(found: &Found<'_>, why: &str) -> Diagnostic {
    error("misplaced", format!("{} cannot stand here", found.shown()), found.span(found.token), why)
}

/// `if s = "late"`
pub(in crate::syntax) fn assign_in_condition(op: Span) -> Diagnostic {
    error("assign-in-condition", "`=` gives a value; to compare, write `==`", op, "")
        .fix(Fix::safe("write `==`", op, "=="))
}

/// `a < b < c`
pub(in crate::syntax) fn chained_comparison(first: Span, second: Span) -> Diagnostic {
    error("chained-comparison", "comparisons do not chain", second, "a second comparison")
        .label(first, "the first gives a `bool`")
        .help("join two comparisons with `and`: `a < b and b < c`")
}

/// A declaration inside a block.
pub(in crate::syntax) fn declaration_inside(word: Span, kind: Kind) -> Diagnostic {
    let title = format!("`{}` stands at the top level only", kind.text());
    let said = error("declaration-inside", title, word, "inside a block here");
    match kind {
        Kind::Const => {
            said.help("inside a block, write `let`").fix(Fix::safe("write `let`", word, "let"))
        }
        Kind::Keep => said.help(
            "move it to the task's own lines; hand functions the value, and take back the new one",
        ),
        _ => said.help("move it out; functions may be used above the line that declares them"),
    }
}

/// `tags ["a", "b"]`
pub(in crate::syntax) fn header_in_brackets(open: Span, close: Span) -> Diagnostic {
    error("foreign-word", "what a header says stands without brackets", open, "")
        .fix(Fix::safe("leave the brackets out", open, "").and(close, ""))
}

/// `schedule` below statements; `first` is where the first statement begins.
pub(in crate::syntax) fn header_after_statement(span: Span, word: &str, first: Span) -> Diagnostic {
    error("header-after-statement", "headers stand above the first statement", span, "")
        .label(first, "the first statement")
        .help(format!("move `{word}` up"))
}
