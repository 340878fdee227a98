//! Types as other languages write them: `List<int>`, `int[]`, `varchar(50)`.

use super::{Found, habits::habitual};
use crate::diagnostics::{Diagnostic, Fix};
use crate::source::Span;
use crate::syntax::parser::Want;
use crate::syntax::token::Kind;

/// A type of another language that explains why `want` was not there.
pub(super) fn habit(want: Want, found: &Found<'_>) -> Option<Diagnostic> {
    let ends_type = matches!(want, Want::LineEnd | Want::Block | Want::Token(_));
    match found.token.kind {
        Kind::Less | Kind::BracketOpen if ends_type => behind_type(found),
        Kind::ParenOpen if want == Want::LineEnd && found.second.kind == Kind::Colon => {
            reference(found).or_else(|| choice(found, ')')).or_else(|| Some(sized(found)))
        }
        kind if want == Want::Token(Kind::Colon) && kind.is_name() => type_first(found),
        _ => None,
    }
}

/// `List<int>`, `dict[str, int]`, `int[]`, where a type's name stands right before the bracket.
pub(super) fn behind_type(found: &Found<'_>) -> Option<Diagnostic> {
    let name = found.before.filter(|it| it.kind.is_name() && it.end == found.token.start)?;
    let head = found.text[..name.start as usize].trim_end();
    if !(head.ends_with(':') || head.ends_with("->")) {
        return None;
    }
    let (open, close) = match found.token.kind {
        Kind::Less => ('<', '>'),
        _ => ('[', ']'),
    };
    if let Some(choice) = choice(found, close) {
        return Some(choice);
    }
    let rest = &found.text[name.start as usize..];
    let length = closed(rest, open, close)?;
    let whole = Span { end: name.start + u32::try_from(length).ok()?, ..found.span(name) };
    let said = |title: &str| habitual(title, whole);
    let written = &rest[..length];
    Some(match ours(written) {
        Some(ours) if written.starts_with(found.slice(name)) => said(&format!(
            "this type is written `{ours}` here"
        ))
        .fix(Fix::safe(format!("write `{ours}`"), whole, ours)),
        _ => said("types have no arguments here")
            .help("a list is written `[int]`, a map `[text: int]`, what may be missing `int?`"),
    })
}

/// `enum("open", "paid")`, `Literal["open", "paid"]`: some texts, and a word in front.
fn choice(found: &Found<'_>, close: char) -> Option<Diagnostic> {
    let name = found.before?;
    let open = found.rest_of_line().chars().next()?;
    let length = closed(found.rest_of_line(), open, close)?;
    let texts = found.rest_of_line()[1..length - 1].split(',').map(str::trim);
    let is_text = |it: &&str| {
        it.len() > 2 && ['"', '\''].iter().any(|sign| it.starts_with(*sign) && it.ends_with(*sign))
    };
    let texts: Vec<&str> = texts.collect();
    if !texts.iter().all(is_text) {
        return None;
    }
    let ours: Vec<String> =
        texts.iter().map(|it| format!("\"{}\"", &it[1..it.len() - 1])).collect();
    let ours = ours.join(" | ");
    let end = found.token.start + u32::try_from(length).ok()?;
    let span = Span { end, ..found.span(name) };
    let said = habitual("a choice of texts is written with `|` here", span);
    Some(said.help(format!("write `{ours}`")).fix(Fix::safe(format!("write `{ours}`"), span, ours)))
}

/// `customer_id: int references Customer(id)`
fn reference(found: &Found<'_>) -> Option<Diagnostic> {
    let table = found.before?;
    let head = found.text[..table.start as usize].trim_end();
    let word = head.strip_suffix("references").or_else(|| head.strip_suffix("REFERENCES"))?;
    let start = u32::try_from(word.len()).ok()?;
    let line_end =
        found.token.start + u32::try_from(closed(found.rest_of_line(), '(', ')')?).ok()?;
    let span = Span { start, end: line_end, ..found.span(table) };
    let ours = format!("-> {}", found.slice(table));
    Some(habitual(format!("a reference is written `{ours}` here"), span).fix(Fix::safe(
        format!("write `{ours}`"),
        span,
        ours,
    )))
}

/// `int id` in a table
fn type_first(found: &Found<'_>) -> Option<Diagnostic> {
    const TYPES: [&str; 8] = ["int", "text", "decimal", "bool", "time", "date", "float", "json"];
    let written = found.before.filter(|it| TYPES.contains(&found.slice(*it)))?;
    let span = found.span(written).to(found.span(found.token));
    let ours = format!("{}: {}", found.slice(found.token), found.slice(written));
    Some(habitual("the name stands in front of its type here", span).fix(Fix::safe(
        format!("write `{ours}`"),
        span,
        ours,
    )))
}

/// `name: varchar(50)`
fn sized(found: &Found<'_>) -> Diagnostic {
    habitual("types have no arguments here", found.span(found.token))
        .help("a `text` is as long as it needs to be, a `decimal` as exact")
}

/// How many bytes it is to behind the bracket that closes the first one.
fn closed(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        if c == '\n' {
            return None;
        } else if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some(at + 1);
            }
        }
    }
    None
}

/// A type of another language as it is written here, if it is plain enough to say.
fn ours(theirs: &str) -> Option<String> {
    let theirs = theirs.trim();
    if let Some(element) = theirs.strip_suffix("[]") {
        return Some(format!("[{}]", ours(element)?));
    }
    let Some((name, rest)) = theirs.split_once(['<', '[']) else { return plain(theirs) };
    let arguments = arguments(rest.strip_suffix(['>', ']'])?);
    let arguments: Vec<String> = arguments.into_iter().map(ours).collect::<Option<_>>()?;
    match (name.to_lowercase().as_str(), arguments.as_slice()) {
        ("list" | "array" | "vec" | "vector" | "set" | "seq" | "sequence" | "iterable", [of]) => {
            Some(format!("[{of}]"))
        }
        ("map" | "dict" | "hashmap" | "record" | "mapping" | "dictionary", [key, value]) => {
            Some(format!("[{key}: {value}]"))
        }
        ("optional" | "option" | "maybe" | "nullable", [of]) => Some(format!("{of}?")),
        _ => None,
    }
}

/// The arguments of a type, with commas between them.
fn arguments(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '<' | '[' => depth += 1,
            '>' | ']' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&text[start..]);
    found
}

/// A name alone.
fn plain(name: &str) -> Option<String> {
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let ours = match name {
        "string" | "String" | "str" | "varchar" => "text",
        "number" | "Decimal" => "decimal",
        "integer" | "Integer" | "long" | "i64" => "int",
        "boolean" | "Boolean" => "bool",
        "double" | "Float" => "float",
        "datetime" | "Date" => "time",
        "any" | "object" | "Any" => "json",
        other => other,
    };
    is_name.then(|| ours.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_other_languages_are_translated() {
        for (theirs, expected) in [
            ("List<int>", Some("[int]")),
            ("int[]", Some("[int]")),
            ("string[][]", Some("[[text]]")),
            ("dict[str, int]", Some("[text: int]")),
            ("Map<string, List<number>>", Some("[text: [decimal]]")),
            ("Optional[Order]", Some("Order?")),
            ("Result<int, text>", None),
            ("List<int", None),
        ] {
            assert_eq!(ours(theirs).as_deref(), expected, "{theirs}");
        }
    }
}
