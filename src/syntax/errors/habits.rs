//! Habits from other languages that more than one token shows: what stands around the token that did not fit tells
//! what its writer had in mind. Only what cannot be anything else is named here; the rest is for [`super::explain`].

use super::{Found, arms, bodies, error, numbers, queries, quoted, types};
use crate::diagnostics::suggest::foreign::{Foreign, foreign};
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::diagnostics::{Diagnostic, Fix};
use crate::source::Span;
use crate::syntax::parser::{HEADER_WORDS, Want};
use crate::syntax::token::Kind;

/// A habit that explains why `want` was not there.
pub(super) fn habit(want: Want, found: &Found<'_>) -> Option<Diagnostic> {
    if found.statement.kind == Kind::From && found.slice(found.token) == "import" {
        return Some(from_import(found));
    }
    if matches!(found.slice(found.statement), "raise" | "throw")
        && let Some(thrown) = thrown(found)
    {
        return Some(thrown);
    }
    text_prefix(found)
        .or_else(|| comment_of_sql(want, found))
        .or_else(|| column_default(want, found))
        .or_else(|| queries::habit(want, found))
        .or_else(|| types::habit(want, found))
        .or_else(|| arms::habit(want, found))
        .or_else(|| word(want, found))
        .or_else(|| statement(found))
        .or_else(|| head(want, found))
        .or_else(|| value(want, found))
}

/// A habit that explains why no comma stands between two values.
pub(super) fn between_values(found: &Found<'_>) -> Option<Diagnostic> {
    if let Some(finding) = text_prefix(found) {
        return Some(finding);
    }
    let before = found.before?;
    if let Some(theirs) = foreign(found.slice(before)).filter(|_| before.kind.is_name()) {
        return Some(theirs.finding(found.span(before)));
    }
    if let Some(finding) = numbers::in_two_words(found) {
        return Some(finding);
    }
    if let Some(theirs) = types::behind_type(found).or_else(|| queries::select_first(found)) {
        return Some(theirs);
    }
    if !found.token.kind.is_name() || !found.statement_before().contains("from ") {
        return None;
    }
    let word = found.slice(found.token);
    foreign(word)
        .map(|theirs| theirs.finding(found.span(found.token)))
        .or_else(|| clause(found, word))
}

/// `age: int default 0`
fn column_default(want: Want, found: &Found<'_>) -> Option<Diagnostic> {
    let word = found.before.filter(|it| found.slice(*it).eq_ignore_ascii_case("default"))?;
    let is_column = found.second.kind == Kind::Colon && found.second.start < word.start;
    if !matches!(want, Want::LineEnd) || !is_column || found.token.on_new_line {
        return None;
    }
    let span = found.span(word);
    Some(habitual("a default stands behind `=` here", span).fix(Fix::safe("write `=`", span, "=")))
}

/// `let a = 1 -- why`
fn comment_of_sql(want: Want, found: &Found<'_>) -> Option<Diagnostic> {
    let head = found.statement_before();
    let at = head.rfind(" -- ").filter(|at| !head[*at..].contains(['"', '\n']))?;
    if !matches!(want, Want::LineEnd | Want::Value) || found.token.on_new_line {
        return None;
    }
    let start = found.statement.start + u32::try_from(at).ok()? + 1;
    let span = Span { start, end: start + 2, ..found.span(found.token) };
    Some(habitual("comments begin with `//` here", span).fix(Fix::safe("write `//`", span, "//")))
}

/// `elif c {`, `await f()`, `create table`: a word or sign here, right before, or at the beginning of the statement.
fn word(want: Want, found: &Found<'_>) -> Option<Diagnostic> {
    if (want, found.token.kind) == (Want::Value, Kind::Pipe)
        && let Some(closure) = closure_in_bars(found)
    {
        return Some(closure);
    }
    let here = foreign(found.slice(found.token)).filter(|it| fits(want, it, found));
    if let Some(theirs) = here {
        return Some(theirs.finding(found.span(found.token)));
    }
    let ended = want == Want::LineEnd && !found.token.on_new_line && is_phrase(found.token.kind);
    let before = found.before.filter(|it| ended && it.kind == Kind::Name);
    if let Some((before, theirs)) = before.and_then(|it| Some((it, foreign(found.slice(it))?))) {
        return Some(theirs.finding(found.span(before)));
    }
    let is_word = found.statement.kind == Kind::Name && found.statement.start != found.token.start;
    let first = foreign(found.slice(found.statement))?;
    let opens_block = want == Want::LineEnd && found.token.kind == Kind::BraceOpen;
    (is_word && (is_phrase(found.second.kind) || opens_block))
        .then(|| first.finding(found.span(found.statement)))
}

/// Whether a foreign word explains what is wrong: a sign always, a name only where no name can stand.
fn fits(want: Want, foreign: &Foreign, found: &Found<'_>) -> bool {
    match found.token.kind {
        Kind::Name => matches!(want, Want::LineEnd | Want::Block | Want::Token(_)),
        Kind::Arrow => false,
        _ => foreign.exact || found.token.kind == Kind::Pipe,
    }
}

/// Whether a word with this behind it is no ordinary value, which would be called, assigned or calculated with.
fn is_phrase(next: Kind) -> bool {
    use Kind::{BraceOpen, Fn, From, Int, Star, Table, Text, TextStart};
    next.is_name() || matches!(next, BraceOpen | Fn | From | Int | Star | Table | Text | TextStart)
}

/// Whether a word of tests is a name where it stands: in a test the value behind it would have been taken in.
fn is_read_as_a_name(found: &Found<'_>) -> bool {
    found.before.is_some_and(|it| it.start == found.statement.start)
        && !found.token.on_new_line
        && (is_phrase(found.token.kind) || found.token.kind == Kind::Time)
}

/// Statements that begin like one of ours and are none.
fn statement(found: &Found<'_>) -> Option<Diagnostic> {
    let first = found.slice(found.statement);
    match (first, found.token.kind) {
        (_, Kind::Colon) if found.keep_on_line().is_some() => {
            found.keep_on_line().map(|keep| super::declaration_inside(keep, Kind::Keep))
        }
        (_, Kind::Colon) if found.before.is_some_and(|it| it.start == found.statement.start) => {
            found.statement.kind.is_name().then(|| header_with_colon(found))
        }
        ("expect" | "at" | "stub", _) if found.is_outermost() || is_read_as_a_name(found) => {
            Some(in_tests_only(found, first))
        }
        ("update", _) if !names_a_row(found) => {
            Some(set_based(found, "write `update o in Order where … set { … }`"))
        }
        ("delete", _) if !names_a_row(found) => {
            Some(set_based(found, "write `delete o in Order where …`"))
        }
        ("keep", _) if !found.is_outermost() => {
            Some(super::declaration_inside(found.span(found.statement), Kind::Keep))
        }
        _ if HEADER_WORDS.contains(&first) && !found.is_outermost() => Some(header_inside(found)),
        _ if is_cron(found) => Some(unquoted_schedule(found)),
        ("schedule", Kind::Slash) => Some(unquoted_schedule(found)),
        ("schedule", _) if matches!(found.second.kind, Kind::Int | Kind::Star) => {
            Some(unquoted_schedule(found))
        }
        (_, Kind::Equal)
            if found.statement.kind == Kind::Name && found.second.start < found.token.start =>
        {
            (found.second.kind == Kind::Name).then(|| type_before_name(found))
        }
        _ => None,
    }
}

/// `0 7 * * *` at the beginning of a line
fn is_cron(found: &Found<'_>) -> bool {
    let field = |kind| matches!(kind, Kind::Int | Kind::Star);
    found.is_outermost() && field(found.statement.kind) && field(found.second.kind)
}

/// `update o in …`
fn names_a_row(found: &Found<'_>) -> bool {
    found.line().split_whitespace().nth(2) == Some("in")
}

/// What stands in front of a block.
fn head(want: Want, found: &Found<'_>) -> Option<Diagnostic> {
    let first = found.statement.kind;
    match (want, found.token.kind) {
        (Want::Block, Kind::Colon) if first == Kind::Fn => Some(written(found, "->")),
        (Want::Block, Kind::FatArrow) if first == Kind::Fn => Some(arrow_behind_head(found)),
        (Want::LineEnd, Kind::Equal) if found.slice(found.statement) == "expect" => {
            Some(super::assign_in_condition(found.span(found.token)))
        }
        (Want::Block, Kind::Colon) => Some(colon_before_block(found)),
        (Want::Value, Kind::Colon) if found.before_is(Kind::Try) => Some(colon_before_block(found)),
        (Want::Block | Want::LineEnd, Kind::Not) if found.next_starts_with("in ") => {
            Some(not_in(found))
        }
        (Want::Block, Kind::Equal) if first != Kind::Fn => {
            Some(super::assign_in_condition(found.span(found.token)))
        }
        (Want::Block, Kind::ParenOpen) if found.before_is(Kind::Catch) => {
            Some(brackets(found, "write `catch e { … }`"))
        }
        (Want::Value, Kind::BraceOpen)
            if matches!(first, Kind::For | Kind::If | Kind::While | Kind::Match) =>
        {
            Some(record_in_head(found))
        }
        (Want::Name("element"), Kind::ParenOpen) => Some(loop_in_brackets(found)),
        (Want::Block, _) => bodies::habit(found),
        _ => None,
    }
}

/// Values that are written otherwise.
fn value(want: Want, found: &Found<'_>) -> Option<Diagnostic> {
    let separator =
        matches!(want, Want::Token(Kind::Comma | Kind::ParenClose | Kind::BracketClose));
    if let Some(finding) = numbers::habit(want, found) {
        return Some(finding);
    }
    match (want, found.token.kind) {
        (_, Kind::Question) if separator => Some(super::structure::ternary(found)),
        (_, Kind::Arrow) if separator => Some(written(found, "=>")),
        (Want::Token(Kind::ParenClose), Kind::Comma) => Some(tuple(found)),
        (Want::Value, Kind::Fn) => Some(function_without_name(found)),
        (Want::Value, Kind::Percent) if found.before_is(Kind::TextStart) => {
            Some(template_in_text(found))
        }
        (Want::Value, Kind::Greater) if found.before_is(Kind::Greater) => Some(chained(found)),
        (Want::Value, Kind::Dot) if found.is_before_digit() => Some(no_zero(found)),
        (Want::Token(Kind::BracketClose) | Want::Value, Kind::Colon) => slice_with_colon(found),
        (Want::LineEnd | Want::Block, Kind::Ellipsis) => Some(three_dots(found)),
        (_, Kind::Ellipsis) if separator => Some(three_dots(found)),
        (Want::Value, Kind::Ellipsis) => Some(spread(found)),
        (Want::Name("field"), Kind::Text | Kind::TextStart) => Some(map_in_braces(found)),
        (Want::Name("field"), Kind::BracketOpen) if found.before_is(Kind::QuestionDot) => {
            Some(optional_index(found))
        }
        (Want::Name("variable"), Kind::BracketOpen) => Some(list_pattern(found)),
        (_, Kind::For) if separator => Some(comprehension(found)),
        (Want::Value, Kind::Star) if found.before_is(Kind::ParenOpen) => Some(star(found)),
        (Want::LineEnd, Kind::If) if found.rest_of_line().contains(" else ") => {
            Some(condition_behind(found))
        }
        (Want::LineEnd, Kind::Name) if follows_query(found) => {
            clause(found, found.slice(found.token))
        }
        (Want::Token(Kind::From), _) if found.before_is(Kind::Parallel) => {
            Some(parallel_alone(found))
        }
        _ => None,
    }
}

pub(super) fn habitual(title: impl Into<String>, span: Span) -> Diagnostic {
    error("foreign-word", title, span, "")
}

/// A sign that is written otherwise here.
pub(super) fn written(found: &Found<'_>, ours: &str) -> Diagnostic {
    let span = found.span(found.token);
    let touches = found.before.is_some_and(|it| it.end == found.token.start);
    let blank = if touches { " " } else { "" };
    habitual(format!("{} is written `{ours}` here", quoted(found.slice(found.token))), span)
        .fix(Fix::safe(format!("write `{ours}`"), span, format!("{blank}{ours}")))
}

/// `f"Hello {name}"`
fn text_prefix(found: &Found<'_>) -> Option<Diagnostic> {
    let prefix = found.before?;
    let touches = prefix.end == found.token.start && prefix.kind == Kind::Name;
    if !touches || !matches!(found.token.kind, Kind::Text | Kind::TextStart) {
        return None;
    }
    let span = found.span(prefix);
    let finding = habitual("texts have no letter in front here", span)
        .help("every text may hold values in braces: `\"Hello {name}\"`")
        .fix(Fix::maybe(format!("remove `{}`", found.slice(prefix)), span, ""));
    Some(finding)
}

/// `from n in xs were n > 1`
fn clause(found: &Found<'_>, word: &str) -> Option<Diagnostic> {
    let clauses = ["where", "sort", "skip", "take", "select", "join", "group"];
    let near = *nearest(word, clauses.iter().map(|it| Candidate::new(it))).first()?;
    let span = found.span(found.token);
    let title = format!("no clause of a query is called `{word}`");
    Some(
        error("misplaced", title, span, "")
            .help(format!("did you mean `{near}`?"))
            .fix(Fix::maybe(format!("write `{near}`"), span, near)),
    )
}

/// Whether a query may go on here.
fn follows_query(found: &Found<'_>) -> bool {
    let before = found.statement_before();
    before.split_once("from ").is_some_and(|(_, query)| query.contains(" in "))
}

/// `parallel { a()  b() }`
fn parallel_alone(found: &Found<'_>) -> Diagnostic {
    error("missing-part", "`parallel` is about a loop or a query", found.span(found.token), "")
        .help("write `parallel for x in xs { … }` or `parallel from o in Order …`")
}

/// `schedule: "0 7 * * *"`
fn header_with_colon(found: &Found<'_>) -> Diagnostic {
    let span = found.span(found.token);
    let said = habitual("no `:` stands here", span);
    match HEADER_WORDS.contains(&found.slice(found.statement)) {
        true => {
            said.help("a header is written `timeout 5m`").fix(Fix::safe("remove `:`", span, ""))
        }
        false => match found.slice(found.statement) {
            "cron" | "crontab" => said.help("write `schedule \"0 7 * * *\"`"),
            "name" | "job" | "task" => {
                said.help("a task has the name of its file; a header is written `timeout 5m`")
            }
            _ => said.help("a variable is written `let total = 3`"),
        },
    }
}

/// `from datetime import date`
fn from_import(found: &Found<'_>) -> Diagnostic {
    habitual("modules are brought in with `use` here", found.span(found.statement))
        .help("write `use shop` for `shop.task`; `http`, `json` and the rest of the library are there without")
}

/// `expect a == b` outside of a test
fn in_tests_only(found: &Found<'_>, word: &str) -> Diagnostic {
    error("misplaced", format!("`{word}` stands in tests only"), found.span(found.statement), "")
        .help("tests are written `test \"what holds\" { … }`")
}

/// `timeout 5m` in a block
fn header_inside(found: &Found<'_>) -> Diagnostic {
    let title = "headers stand above the first statement";
    error("header-after-statement", title, found.span(found.statement), "inside a block here")
        .help("move it to the top of the file")
}

/// `update Order set …`, `delete from Order`
fn set_based(found: &Found<'_>, help: &str) -> Diagnostic {
    let word = found.slice(found.statement);
    habitual(format!("`{word}` names the row it is about here"), found.span(found.statement))
        .help(help)
}

/// `schedule 0 7 * * *`, `schedule "0 7 * * *" in Europe/Berlin`
fn unquoted_schedule(found: &Found<'_>) -> Diagnostic {
    error("misplaced", "schedules and zones stand in quotes", found.span(found.token), "")
        .help("write `schedule \"0 7 * * *\" in \"Europe/Berlin\"`")
}

/// `int a = 3`
fn type_before_name(found: &Found<'_>) -> Diagnostic {
    let span = found.span(found.statement);
    habitual("a variable begins with `let` or `var` here", span)
        .help("write `let a = 3`, or `let a: int = 3` where the type matters")
        .fix(Fix::maybe("write `let`", span, "let"))
}

/// What is said of a block that begins with `:`.
const BRACES: &str = "blocks stand in braces here";

/// Whether a statement goes on with one whose block begins with `:`, of which so much has been said already.
pub(in crate::syntax) fn goes_on_indented(found: &Found<'_>, said: &[Diagnostic]) -> bool {
    matches!(found.slice(found.statement), "except" | "finally" | "elif" | "else")
        && said.iter().any(|it| it.code == "foreign-word" && it.title == BRACES)
}

/// `if x:`
fn colon_before_block(found: &Found<'_>) -> Diagnostic {
    habitual(BRACES, found.span(found.token)).help("write `{ … }` instead of `:`")
}

/// `for x in { a: 1 } {`
fn record_in_head(found: &Found<'_>) -> Diagnostic {
    let word = found.before.filter(|it| matches!(it.kind, Kind::If | Kind::While));
    if let Some(word) = word.filter(|_| found.rest_of_line().trim_end() == "{") {
        let title = format!("a condition is missing after `{}`", found.slice(word));
        let gap = Span { start: word.end, ..found.span(word) };
        return error("missing-part", title, gap, "it should stand here");
    }
    error(
        "misplaced",
        "the body would begin here",
        found.span(found.token),
        "a value should stand before it",
    )
    .help("a record stands in brackets here: `({ … })`")
}

/// `x not in xs`
fn not_in(found: &Found<'_>) -> Diagnostic {
    habitual("`not in` is written `not (… in …)` here", found.span(found.token))
        .help("write `not (x in xs)`")
}

/// `for (x of xs)`, `catch (e)`
fn brackets(found: &Found<'_>, help: &str) -> Diagnostic {
    habitual("no brackets are needed here", found.span(found.token)).help(help)
}

/// `for (const x of xs) {`
fn loop_in_brackets(found: &Found<'_>) -> Diagnostic {
    let said = brackets(found, "write `for x in xs { … }`");
    let line = found.rest_of_line();
    let head = line.rfind(") {").map(|end| (&line[1..end], end + 1));
    let Some((inner, length)) = head else { return said };
    let inner = inner.trim();
    let plain = ["const ", "let ", "var ", "int ", "auto "]
        .iter()
        .find_map(|word| inner.strip_prefix(word))
        .unwrap_or(inner);
    let parts = [" of ", " in ", " : "].iter().find_map(|word| plain.split_once(word));
    let Some((name, list)) = parts.filter(|(name, _)| !name.contains([' ', '(', '{'])) else {
        return said;
    };
    let span = found.span(found.token);
    let end = span.start + u32::try_from(length).unwrap_or_default();
    let ours = format!("{name} in {list}");
    said.fix(Fix::safe(format!("write `{ours}`"), Span { end, ..span }, ours))
}

/// `xs[1:3]`
fn slice_with_colon(found: &Found<'_>) -> Option<Diagnostic> {
    let head = &found.text[..found.token.start as usize];
    let open = head.rfind('[')?;
    let is_index = head[..open].ends_with(|c: char| c.is_alphanumeric() || "_)]\"".contains(c));
    if !is_index || head[open..].contains(['\n', ',']) {
        return None;
    }
    let span = found.span(found.token);
    Some(habitual("a slice is written `xs[1..3]` here", span).fix(Fix::maybe(
        "write `..`",
        span,
        "..",
    )))
}

/// `"{% for x in xs %}"`
fn template_in_text(found: &Found<'_>) -> Diagnostic {
    habitual("in a text, `{` begins a value", found.span(found.token))
        .help("write a template as raw text: `r\"{% … %}\"`, or in a file of its own")
}

/// `fn f(a: int) => a + 1`
fn arrow_behind_head(found: &Found<'_>) -> Diagnostic {
    let behind = found.rest_of_line()[2..].trim();
    if behind.ends_with('{') && behind.len() > 1 {
        return written(found, "->");
    }
    habitual("a function's body stands in braces here", found.span(found.token))
        .help("write `fn f(a: int) -> int { return a + 1 }`")
}

/// `let f = fn(a) { … }`
fn function_without_name(found: &Found<'_>) -> Diagnostic {
    habitual("a function without a name is written with `=>`", found.span(found.token))
        .help("write `(a: int) => a + 1`, or `fn f(…) { … }` on a line of its own")
}

/// `raise ValueError("no")`, `throw new Error("no")`
fn thrown(found: &Found<'_>) -> Option<Diagnostic> {
    let span = found.span(found.statement);
    let line = found.line().trim_end();
    let (_, made) = line.split_once(' ')?;
    let made = made.trim_start().strip_prefix("new ").unwrap_or(made).trim();
    let (name, rest) = made.split_once('(')?;
    let said = format!("`{}` is written `fail` here", found.slice(found.statement));
    let inner = rest.strip_suffix(')').filter(|_| name.chars().all(char::is_alphanumeric))?;
    let is_text = inner.len() >= 2 && inner.starts_with('"') && inner.ends_with('"');
    let is_one = is_text && inner.matches('"').count() == 2;
    let finding = habitual(said, span).help("write `fail \"what is wrong\"`");
    if !is_one {
        return Some(finding);
    }
    let end = span.start + u32::try_from(line.len()).ok()?;
    let ours = format!("fail {inner}");
    Some(finding.fix(Fix::safe(format!("write `{ours}`"), Span { end, ..span }, ours)))
}

/// `0...10`
fn three_dots(found: &Found<'_>) -> Diagnostic {
    let span = found.span(found.token);
    habitual("a range is written with two dots here", span)
        .help("`0..10` leaves 10 out, `0..=10` takes it in")
        .fix(Fix::maybe("write `..`", span, ".."))
}

/// `extract() >> load()`
fn chained(found: &Found<'_>) -> Diagnostic {
    let token = found.span(found.token);
    let span = Span { start: found.before.map_or(token.start, |it| it.start), ..token };
    habitual("`>>` is not written here", span)
        .help("statements run from the top to the bottom: call one below the other")
}

/// `(1, 2)`
fn tuple(found: &Found<'_>) -> Diagnostic {
    habitual("values are not joined by brackets alone here", found.span(found.token))
        .help("write a list `[1, 2]`, or a record `{ left: 1, right: 2 }`")
}

/// `.5`
fn no_zero(found: &Found<'_>) -> Diagnostic {
    let span = found.span(found.token);
    error("bad-number", "a number begins with a digit", span, "").fix(Fix::safe(
        "write `0.`",
        span,
        "0.",
    ))
}

/// `[...xs, 3]`
fn spread(found: &Found<'_>) -> Diagnostic {
    habitual("`...` stands in records only", found.span(found.token))
        .help("lists are joined with `xs.concat([3])`")
}

/// `{"Ada": 36}`
fn map_in_braces(found: &Found<'_>) -> Diagnostic {
    habitual("a map stands in square brackets here", found.span(found.token))
        .help("write `[\"Ada\": 36]`; the fields of a record are names without quotes")
}

/// `xs?.[0]`
fn optional_index(found: &Found<'_>) -> Diagnostic {
    habitual("behind `?.` stands a name", found.span(found.token)).help("write `xs?.get(0)`")
}

/// `let [a, b] = xs`
fn list_pattern(found: &Found<'_>) -> Diagnostic {
    habitual("only the fields of records are taken out", found.span(found.token))
        .help("write `let first = xs[0]`, or `let { id, email } = customer`")
}

/// `[n * 2 for n in xs]`
fn comprehension(found: &Found<'_>) -> Diagnostic {
    habitual("a list is made from another by a call here", found.span(found.token))
        .help("write `xs.map(n => n * 2)`, or `from n in xs where … select n * 2`")
}

/// `count(*)`
fn star(found: &Found<'_>) -> Diagnostic {
    let span = found.span(found.token);
    habitual("`*` stands between two numbers only", span).fix(Fix::maybe("leave it out", span, ""))
}

/// `a if c else b`
fn condition_behind(found: &Found<'_>) -> Diagnostic {
    habitual("the condition stands in front here", found.span(found.token))
        .help("write `if c { a } else { b }`")
}

/// `|x| x + 1`
fn closure_in_bars(found: &Found<'_>) -> Option<Diagnostic> {
    let rest = found.rest_of_line();
    let names = rest[1..].split_once('|').map(|(names, _)| names)?;
    let is_name = |it: &str| it.trim().chars().all(|c| c.is_alphanumeric() || c == '_');
    if names.trim().is_empty() || !names.split(',').all(is_name) {
        return None;
    }
    let names = names.trim();
    let ours = if names.contains(',') { format!("({names}) =>") } else { format!("{names} =>") };
    let start = found.token.start;
    let end = start + u32::try_from(rest[1..].find('|')? + 2).ok()?;
    let head = Span { end, ..found.span(found.token) };
    Some(habitual("a function is written `x => x + 1` here", head).fix(Fix::safe(
        format!("write `{ours}`"),
        head,
        ours,
    )))
}
