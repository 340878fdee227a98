//! Findings about single tokens: texts, numbers, signs, brackets.

use super::{edit, error, mend, quoted};
use crate::diagnostics::{Applicability, Diagnostic, Fix};
use crate::source::Span;
use crate::syntax::token::Kind;

/// `"done)`: from the quote to the end of its line; `close` is where the quote probably belongs.
pub(in crate::syntax) fn unclosed_text(span: Span, close: Span, sure: bool) -> Diagnostic {
    let applicability = if sure { Applicability::Safe } else { Applicability::Maybe };
    error(
        "unclosed-text",
        "this text is not closed",
        span,
        "a text ends on the line where it begins",
    )
    .help("add `\"` where the text ends; for several lines write `\"\"\"`")
    .fix(mend("add `\"`", applicability, vec![edit(close, "\"")]))
}

/// `"""` without its second half.
pub(in crate::syntax) fn unclosed_block_text(span: Span, close: Span) -> Diagnostic {
    error("unclosed-text", "this text is not closed", span, "it would run to the end of the file")
        .help("close it with `\"\"\"`")
        .fix(Fix::maybe("add `\"\"\"`", close, "\n\"\"\""))
}

/// `"Hi {name"`
pub(in crate::syntax) fn unclosed_hole(brace: Span) -> Diagnostic {
    error("unclosed-bracket", "this `{` has no partner", brace, "in a text, `{` begins a value")
        .help("close it with `}` behind the value, or write `\\{` for the character itself")
        .fix(Fix::maybe("write `\\{`", brace, "\\{"))
}

/// `"a } b"`
pub(in crate::syntax) fn stray_brace_in_text(span: Span) -> Diagnostic {
    error("unmatched-bracket", "this `}` closes nothing", span, "in a text, braces hold values")
        .help("write `\\}` for the character itself")
        .fix(Fix::safe("write `\\}`", span, "\\}"))
}

/// `"\q"`
pub(in crate::syntax) fn bad_escape(span: Span, escape: &str) -> Diagnostic {
    let fix = edit(span.before(), "\\");
    error("bad-escape", format!("{} is no escape", quoted(escape)), span, "")
        .help("escapes are `\\n` `\\r` `\\t` `\\\\` `\\\"` `\\{` `\\}` and `\\u{1F600}`")
        .fix(mend("write the backslash itself", Applicability::Maybe, vec![fix]))
}

/// `12abc`, `1.2.3`
pub(in crate::syntax) fn bad_number(span: Span, text: &str) -> Diagnostic {
    if let Some(mended) = with_unit(text) {
        return error(
            "bad-number",
            format!("{} is no number of this language", quoted(text)),
            span,
            "",
        )
        .fix(Fix::safe(format!("write `{mended}`"), span, mended));
    }
    let (label, help) = number_problem(text);
    error("bad-number", format!("{} is not a number", quoted(text)), span, label).help(help)
}

/// A number with a unit that is written otherwise elsewhere: `5min`, `64mb`.
fn with_unit(text: &str) -> Option<String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0)?;
    let (number, unit) = text.split_at(digits);
    let unit = match unit.to_ascii_lowercase().as_str() {
        "msec" | "millis" => "ms",
        "sec" | "secs" | "second" | "seconds" => "s",
        "min" | "mins" | "minute" | "minutes" => "m",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "day" | "days" => "d",
        "week" | "weeks" => "w",
        "kb" | "k" | "kib" => "KB",
        "mb" | "mib" => "MB",
        "gb" | "g" | "gib" => "GB",
        _ => return None,
    };
    Some(format!("{number}{unit}"))
}

fn number_problem(text: &str) -> (&'static str, &'static str) {
    if text.starts_with("0x") || text.starts_with("0b") {
        return (
            "a digit that its base does not have",
            "`0x` takes 0-9 and a-f, `0b` takes 0 and 1",
        );
    }
    if text.matches('.').count() > 1 {
        return (
            "a number has one decimal point at most",
            "digits are grouped with `_`: `1_000_000.50`",
        );
    }
    let letters = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | '.'));
    if letters.starts_with(['s', 'm', 'h', 'd', 'w', 'y', 'S', 'M', 'H', 'D', 'W']) {
        return (
            "no such unit",
            "durations are written `500ms`, `30s`, `5m`, `2h`, `1d`, `1w` or `1h30m`",
        );
    }
    if letters.to_ascii_lowercase().contains('b') {
        return ("no such unit", "sizes are written `512B`, `64KB`, `256MB` or `1GB`");
    }
    (
        "letters run into the number",
        "a name does not begin with a digit; between a number and a word stands a blank",
    )
}

/// `2026-03-09`
pub(in crate::syntax) fn date_without_sign(span: Span) -> Diagnostic {
    error("bad-number", "a date begins with `@`", span, "this would be a subtraction")
        .fix(Fix::safe("add `@`", span.before(), "@"))
}

/// `08`
pub(in crate::syntax) fn leading_zero(span: Span, digits: &str) -> Diagnostic {
    let mended = digits.trim_start_matches(['0', '_']);
    let mended = if mended.is_empty() { "0" } else { mended };
    error(
        "bad-number",
        format!("{} begins with a zero", quoted(digits)),
        span,
        "elsewhere this would be base eight",
    )
    .help(format!("write `{mended}`"))
    .fix(Fix::safe(format!("write `{mended}`"), span, mended))
}

/// `9999999999999999999`
pub(in crate::syntax) fn int_too_large(span: Span, base: u32) -> Diagnostic {
    let said = error(
        "int-too-large",
        "this number is too large for `int`",
        span,
        "the largest is 9_223_372_036_854_775_807",
    );
    match base {
        10 => said.help("a `decimal` holds 28 digits: add `.0`").fix(Fix::maybe(
            "make it a `decimal`",
            span.after(),
            ".0",
        )),
        _ => said,
    }
}

/// A duration or size that does not fit.
pub(in crate::syntax) fn quantity_too_large(span: Span, what: &str) -> Diagnostic {
    error(
        "int-too-large",
        format!("this {what} is too large"),
        span,
        "it does not fit into 64 bits",
    )
}

/// `größe`
pub(in crate::syntax) fn letters_outside_names(span: Span, name: &str) -> Diagnostic {
    error("unknown-character", format!("{} has letters outside A to Z", quoted(name)), span, "")
        .help("names are made of the letters A to Z, digits and `_`; texts may hold any letter")
}

/// `;` behind statements, all of the file.
pub(in crate::syntax) fn semicolons(spans: &[Span], text: &str) -> Option<Diagnostic> {
    let first = *spans.first()?;
    let edits = spans.iter().map(|span| edit(*span, in_place_of_semicolon(*span, text))).collect();
    let found =
        error("foreign-word", "`;` is not written here", first, "a statement ends with its line")
            .help("remove it")
            .fix(mend("remove every `;`", Applicability::Safe, edits));
    Some(found)
}

/// A line break where another statement follows on the line.
fn in_place_of_semicolon(span: Span, text: &str) -> &'static str {
    let rest = text[span.end as usize..].trim_start_matches([' ', '\t']);
    let ends = rest.is_empty() || rest.starts_with(['\n', '\r', '}', ';']);
    if ends || rest.starts_with("//") { "" } else { "\n" }
}

/// `# comment`, `-- comment`, all of the file.
pub(in crate::syntax) fn foreign_comments(spans: &[Span], text: &str) -> Option<Diagnostic> {
    let first = *spans.first()?;
    let edits = spans.iter().map(|span| edit(*span, "//")).collect();
    let found = error("foreign-word", "comments begin with `//` here", first, "")
        .help(format!("write `//` instead of `{}`", &text[first.range()]))
        .fix(mend("write `//`", Applicability::Safe, edits));
    Some(found)
}

/// `for (let i = 0; i < n; i++)`; `head` is what stands there.
pub(in crate::syntax) fn counting_loop(span: Span, head: &str) -> Diagnostic {
    let said = error("foreign-word", "a loop goes over a range or a list here", span, "");
    match counted(head) {
        Some(ours) => said.fix(Fix::safe(format!("write `{ours}`"), span, ours)),
        None => said.help("write `for i in 0..n { … }`, or `while` with a `var`"),
    }
}

/// `(let i = 0; i < n; i++)` as `i in 0..n`.
fn counted(head: &str) -> Option<String> {
    let head = head.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(head);
    let parts: Vec<&str> = head.split(';').map(str::trim).collect();
    let [first, condition, step] = parts.as_slice() else { return None };
    let (name, start) = first.split_once('=')?;
    let (name, start) = (name.split_whitespace().last()?, start.trim());
    let rest = condition.strip_prefix(name)?.trim_start();
    let (sign, end) = match rest.strip_prefix("<=") {
        Some(end) => ("..=", end.trim()),
        None => ("..", rest.strip_prefix('<')?.trim()),
    };
    let is_plain = |it: &str| {
        !it.is_empty()
            && it.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '(' | ')'))
    };
    let by_one = [format!("{name}++"), format!("++{name}"), format!("{name} += 1")];
    let is_counting = by_one.iter().any(|it| it == step);
    (is_counting && is_plain(start) && is_plain(end))
        .then(|| format!("{name} in {start}{sign}{end}"))
}

/// `/* … */`
pub(in crate::syntax) fn block_comment(span: Span) -> Diagnostic {
    error("foreign-word", "comments begin with `//` here", span, "")
        .help("a comment runs from `//` to the end of its line")
}

/// `'late'`, all of the file.
pub(in crate::syntax) fn single_quotes(spans: &[Span], text: &str) -> Option<Diagnostic> {
    let first = *spans.first()?;
    let edits = spans.iter().flat_map(|span| requoted(*span, &text[span.range()])).collect();
    let found = error("foreign-word", "texts stand in double quotes here", first, "")
        .help("write `\"` instead of `'`")
        .fix(mend("write `\"`", Applicability::Safe, edits));
    Some(found)
}

/// The edits that turn `'…'` into `"…"` with the same content.
fn requoted(span: Span, text: &str) -> Vec<crate::diagnostics::Edit> {
    let at = |from: usize, to: usize| Span {
        start: span.start + offset(from),
        end: span.start + offset(to),
        ..span
    };
    let last = text.len() - 1;
    let inner = text[1..last].char_indices().filter(|(_, c)| matches!(c, '"' | '{' | '}'));
    let escapes = inner.map(|(i, _)| edit(at(i + 1, i + 1), "\\"));
    let mut edits = vec![edit(at(0, 1), "\"")];
    edits.extend(escapes);
    edits.push(edit(at(last, last + 1), "\""));
    edits
}

fn offset(n: usize) -> u32 {
    crate::syntax::lex::offset(n)
}

/// `“late”`, `–1`, blanks that are none; all of the file. Each place comes with what to write there.
pub(in crate::syntax) fn lookalikes(
    places: &[(Span, &'static str)],
    text: &str,
) -> Option<Diagnostic> {
    let (first, meant) = *places.first()?;
    let c = text[first.range()].chars().next()?;
    let code = format!("U+{:04X}", u32::from(c));
    let title = match meant {
        "\"" => format!("`{c}` ({code}) is a typographic quote; text needs `\"`"),
        " " | "" => format!("an invisible character ({code}) stands here"),
        _ => format!("`{c}` ({code}) only looks like `{meant}`"),
    };
    let edits = places.iter().map(|(span, meant)| edit(*span, *meant)).collect();
    let found = error("lookalike-character", title, first, "")
        .help("copied text often brings such characters along")
        .fix(mend("replace all of them in this file", Applicability::Safe, edits));
    Some(found)
}

/// `&&`, `===`, `!x`
pub(in crate::syntax) fn foreign_sign(span: Span, sign: &str, meant: &str) -> Diagnostic {
    let blank = if sign == "!" { " " } else { "" };
    error("foreign-word", format!("`{sign}` is written `{meant}` here"), span, "")
        .help(format!("write `{meant}`"))
        .fix(Fix::safe(format!("write `{meant}`"), span, format!("{meant}{blank}")))
}

/// `total!`
pub(in crate::syntax) fn asserted_value(span: Span) -> Diagnostic {
    error("foreign-word", "`!` does not take `null` away here", span, "")
        .help("a default takes its place: `x ?? 0`; or ask first: `if x != null { … }`")
        .fix(Fix::maybe("remove `!`", span, ""))
}

/// `++`, `&`, `$`
pub(in crate::syntax) fn unknown_sign(span: Span, sign: &str) -> Diagnostic {
    let help = match sign {
        "++" => "to add one write `+= 1`",
        "**" => "powers are written `x.pow(2)`",
        "^" => "powers are written `x.pow(2)`; bits are handled by `bit_xor`",
        "&" | "~" => "bits are handled by `bit_and`, `bit_or`, `bit_xor` and `bit_not`",
        "$" => "names have no `$` in front, not in a text either: `{name}`",
        "::" => "parts of a module are reached with `.`",
        "'" | "`" => "write `\"Hello {name}\"`, or `\"\"\"` around several lines",
        "\\" => {
            "a statement goes on in the next line where a bracket is open or the line ends in an operator"
        }
        "@" => "an instant is written `@2026-03-29T02:30:00Z`, a date `@2026-03-29`",
        _ => "remove it",
    };
    let title = match sign {
        "'" | "`" => "texts stand in double quotes here".to_owned(),
        _ => format!("`{sign}` is no sign of this language"),
    };
    error("foreign-word", title, span, "").help(help)
}

/// `@task` in front of a function.
pub(in crate::syntax) fn decorator(span: Span) -> Diagnostic {
    error("foreign-word", "nothing is put on a function with `@` here", span, "")
        .help("a file is a task; its first lines say when: `schedule \"0 7 * * *\"`")
}

/// `xs[::-1]`
pub(in crate::syntax) fn reversing_slice(span: Span) -> Diagnostic {
    error("foreign-word", "a slice has no step here", span, "")
        .help("a list is turned round with `xs.reverse()`; `xs[1..3]` gives a part")
}

/// Any other character.
pub(in crate::syntax) fn unknown_character(span: Span, c: char) -> Diagnostic {
    let code = format!("U+{:04X}", u32::from(c));
    let title = match c.is_control() {
        true => format!("an invisible character ({code}) stands here"),
        false => format!("`{c}` ({code}) means nothing here"),
    };
    error("unknown-character", title, span, "")
        .help("outside texts and comments a program is made of plain letters, digits and signs")
        .fix(Fix::maybe("remove it", span, ""))
}

/// `if a {` without `}`: where it opens, where the closer belongs, and the line that shows it.
pub(in crate::syntax) fn unclosed_bracket(
    opener: Span,
    open: Kind,
    close: Kind,
    place: Span,
    less_indented: Option<Span>,
) -> Diagnostic {
    let (open, close) = (open.text(), close.text());
    let inserted = if close == "}" { "\n}" } else { close };
    let found =
        error("unclosed-bracket", format!("this `{open}` has no partner"), opener, "opened here");
    let found = match less_indented {
        Some(line) => found.label(
            line,
            format!("the `{close}` should stand before this, which is not indented deeper"),
        ),
        None => found.label(place, format!("the file ends without `{close}`")),
    };
    found.fix(Fix::maybe(format!("add `{close}`"), place, inserted))
}

/// Indented lines and a `}`, and nothing above them that opens a block.
pub(in crate::syntax) fn headless_block(first: Span, closer: Span) -> Diagnostic {
    error("unmatched-bracket", "nothing opens the block that begins here", first, "indented deeper")
        .label(closer, "the block ends here")
        .help("write the line above it that says what the block is, or remove this `}`")
}

/// `if a { {`: one opener too many.
pub(in crate::syntax) fn surplus_opener(span: Span, open: Kind) -> Diagnostic {
    error("unclosed-bracket", format!("this `{}` has no partner", open.text()), span, "")
        .fix(Fix::maybe("remove it", span, ""))
}

/// `f(a]`
pub(in crate::syntax) fn wrong_closer(
    opener: Span,
    open: Kind,
    closer: Span,
    close: Kind,
    wanted: Kind,
) -> Diagnostic {
    let title = format!("`{}` is closed by `{}`", open.text(), close.text());
    error("unmatched-bracket", title, closer, format!("`{}` is needed here", wanted.text()))
        .label(opener, "opened here")
        .fix(Fix::maybe(format!("write `{}`", wanted.text()), closer, wanted.text()))
}

/// `f({ a: 1 )}`
pub(in crate::syntax) fn crossed_brackets(one: (Span, Kind), other: (Span, Kind)) -> Diagnostic {
    let (first, second) = (one.1.text(), other.1.text());
    error(
        "unmatched-bracket",
        format!("`{first}` and `{second}` are swapped"),
        one.0.to(other.0),
        "",
    )
    .help("what was opened last is closed first")
    .fix(Fix::safe("swap them", one.0, second).and(other.0, first))
}

/// `)` alone.
pub(in crate::syntax) fn unmatched_bracket(span: Span, kind: Kind) -> Diagnostic {
    error("unmatched-bracket", format!("this `{}` closes nothing", kind.text()), span, "")
        .help("remove it, or open it where it should begin")
        .fix(Fix::maybe("remove it", span, ""))
}

/// `if a` … `}`: something that ends and never began.
pub(in crate::syntax) fn unopened_bracket(
    place: Span,
    closer: Span,
    kind: Kind,
    is_in_line: bool,
) -> Diagnostic {
    let (opener, inserted) = match kind {
        Kind::ParenClose => ("(", "("),
        Kind::BracketClose => ("[", "["),
        _ => ("{", " {"),
    };
    let at = if is_in_line { "here" } else { "at the end of this line" };
    let title = format!("a `{opener}` is missing {at}");
    error("unmatched-bracket", title, place, "it should begin here")
        .label(closer, "it ends here")
        .fix(Fix::maybe(format!("add `{opener}`"), place, inserted))
}

/// `{total:.2f}`
pub(in crate::syntax) fn format_in_hole(span: Span, number: &str) -> Diagnostic {
    let places: String = number.chars().take_while(char::is_ascii_digit).collect();
    let zeros = "0".repeat(places.parse().unwrap_or(2).min(MOST_PLACES));
    error("foreign-word", "no format stands behind a value here", span, "")
        .help("values have calls for that: `{total.round(2)}`, `{total.format(\"#,##0.00\")}`")
        .fix(Fix::maybe("format it", span, format!(".format(\"0.{zeros}\")")))
}

/// More digits than this has no number.
const MOST_PLACES: usize = 28;

/// The 201st level.
pub(in crate::syntax) fn too_deep(span: Span) -> Diagnostic {
    error("too-deep", "nested too deeply (200)", span, "one level more than a program may have")
        .help("give parts of it a name with `let`, or move them into functions")
}
