//! Which values the cases of a `match` leave out.
//!
//! Patterns are rows of a table with one column per value that is still to be looked at. A column is split by the forms
//! that its type has (the two truth values, each text of a choice, null and not null, the fields of a record); what no row
//! takes is given back as the text of a pattern that would take it.

use ecow::EcoString;

use super::types::Type;

/// No more missing cases than these are named.
const NAMED_MAX: usize = 5;

/// A pattern, as far as it matters to what is covered.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Pat {
    /// Takes everything: a name, `_`, `else`.
    Any,
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A text.
    Text(EcoString),
    /// A number, instant or range: one of endlessly many, as it is written.
    Other(EcoString),
    /// Some fields of a record, by name.
    Record(Vec<(EcoString, Pat)>),
}

/// Patterns for values of a type that none of the rows takes; at most five, then `…`.
pub(super) fn missing(subject: &Type, rows: &[Pat], open: &dyn Fn(&Type) -> Type) -> Vec<String> {
    let rows = rows.iter().map(|row| vec![row.clone()]).collect();
    let mut left = uncovered(rows, std::slice::from_ref(subject), open);
    let more = left.len() > NAMED_MAX;
    left.truncate(NAMED_MAX);
    let mut named: Vec<String> = left.into_iter().filter_map(|mut row| row.pop()).collect();
    if more {
        named.push("…".to_owned());
    }
    named
}

/// The rows of patterns, one for each column, that no row takes.
fn uncovered(
    rows: Vec<Vec<Pat>>,
    columns: &[Type],
    open: &dyn Fn(&Type) -> Type,
) -> Vec<Vec<String>> {
    let Some((first, rest)) = columns.split_first() else {
        return if rows.is_empty() { vec![Vec::new()] } else { Vec::new() };
    };
    match open(first) {
        Type::Optional(inner) => {
            let null = Form { shown: "null", takes: &|pat| *pat == Pat::Null };
            let mut left = null.uncovered(&rows, rest, open);
            let others = rows.into_iter().filter(|row| row[0] != Pat::Null).collect();
            let columns: Vec<Type> =
                [(*inner).clone()].into_iter().chain(rest.iter().cloned()).collect();
            left.extend(uncovered(others, &columns, open));
            left
        }
        Type::Bool => [true, false]
            .into_iter()
            .flat_map(|value| {
                let shown = if value { "true" } else { "false" };
                let form = Form { shown, takes: &|pat| *pat == Pat::Bool(value) };
                form.uncovered(&rows, rest, open)
            })
            .collect(),
        Type::Union(texts) => texts
            .iter()
            .flat_map(|text| {
                let shown = format!("{:?}", text.as_str());
                let takes = |pat: &Pat| matches!(pat, Pat::Text(it) if it == text);
                Form { shown: &shown, takes: &takes }.uncovered(&rows, rest, open)
            })
            .collect(),
        Type::Record(record) => {
            let named = named_fields(&rows);
            let types = named.iter().map(|name| {
                record.slot(name).map_or(Type::Error, |slot| record.fields[slot].ty.clone())
            });
            of_fields(&rows, &named, types.collect(), rest, open)
        }
        Type::Fault => {
            let named = named_fields(&rows);
            let types = named.iter().map(|name| match name.as_str() {
                "data" => Type::Json,
                _ => Type::Text,
            });
            of_fields(&rows, &named, types.collect(), rest, open)
        }
        _ => Form { shown: "_", takes: &|_| false }.uncovered(&rows, rest, open),
    }
}

/// One of the forms that the values of a column may have.
struct Form<'a> {
    /// A pattern that takes it.
    shown: &'a str,
    takes: &'a dyn Fn(&Pat) -> bool,
}

impl Form<'_> {
    /// What is left out among values whose first column has this form.
    fn uncovered(
        &self,
        rows: &[Vec<Pat>],
        rest: &[Type],
        open: &dyn Fn(&Type) -> Type,
    ) -> Vec<Vec<String>> {
        let taking = rows.iter().filter(|row| row[0] == Pat::Any || (self.takes)(&row[0]));
        let rows = taking.map(|row| row[1..].to_vec()).collect();
        let mut left = uncovered(rows, rest, open);
        left.iter_mut().for_each(|row| row.insert(0, self.shown.to_owned()));
        left
    }
}

/// The fields that any record pattern of the first column looks at.
fn named_fields(rows: &[Vec<Pat>]) -> Vec<EcoString> {
    let mut names = Vec::new();
    for row in rows {
        if let Pat::Record(fields) = &row[0] {
            names.extend(fields.iter().map(|(name, _)| name.clone()));
        }
    }
    names.sort();
    names.dedup();
    names
}

/// Takes the first column apart into the fields that anybody looks at.
fn of_fields(
    rows: &[Vec<Pat>],
    names: &[EcoString],
    types: Vec<Type>,
    rest: &[Type],
    open: &dyn Fn(&Type) -> Type,
) -> Vec<Vec<String>> {
    let spread = rows.iter().filter_map(|row| {
        let mut spread = match &row[0] {
            Pat::Any => vec![Pat::Any; names.len()],
            Pat::Record(fields) => names.iter().map(|name| field_of(fields, name)).collect(),
            Pat::Null | Pat::Bool(_) | Pat::Text(_) | Pat::Other(_) => return None,
        };
        spread.extend_from_slice(&row[1..]);
        Some(spread)
    });
    let columns: Vec<Type> = types.into_iter().chain(rest.iter().cloned()).collect();
    let left = uncovered(spread.collect(), &columns, open);
    left.into_iter().map(|row| folded(row, names)).collect()
}

fn field_of(fields: &[(EcoString, Pat)], name: &str) -> Pat {
    fields.iter().find(|(it, _)| it == name).map_or(Pat::Any, |(_, pat)| pat.clone())
}

/// Puts the patterns of the first columns together again as a record pattern.
fn folded(mut row: Vec<String>, names: &[EcoString]) -> Vec<String> {
    let rest = row.split_off(names.len());
    let fields = names.iter().zip(&row).filter(|(_, pat)| *pat != "_");
    let fields: Vec<String> = fields.map(|(name, pat)| format!("{name}: {pat}")).collect();
    let shown =
        if fields.is_empty() { "_".to_owned() } else { format!("{{ {} }}", fields.join(", ")) };
    [shown].into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::types::{FieldType, RecordType};
    use super::*;

    fn left(subject: &Type, rows: &[Pat]) -> Vec<String> {
        missing(subject, rows, &Type::clone)
    }

    fn status() -> Type {
        Type::Union(["late".into(), "open".into(), "paid".into()].into())
    }

    #[test]
    fn each_text_of_a_choice_is_a_case() {
        let open = Pat::Text("open".into());
        assert_eq!(left(&status(), std::slice::from_ref(&open)), ["\"late\"", "\"paid\""]);
        assert!(left(&status(), &[open, Pat::Any]).is_empty());
    }

    #[test]
    fn null_is_a_case_of_its_own() {
        let maybe = Type::optional(Type::Bool);
        let both = [Pat::Bool(true), Pat::Bool(false)];
        assert_eq!(left(&maybe, &both), ["null"]);
        assert_eq!(left(&maybe, &[Pat::Null, Pat::Bool(true)]), ["false"]);
    }

    #[test]
    fn endless_types_need_a_case_for_the_rest() {
        assert_eq!(left(&Type::Int, &[Pat::Other("1".into())]), ["_"]);
        assert!(left(&Type::Int, &[Pat::Other("1".into()), Pat::Any]).is_empty());
    }

    #[test]
    fn fields_are_looked_at_together() {
        let field = |name: &str, ty| FieldType { name: name.into(), ty };
        let fields = vec![field("ok", Type::Bool), field("status", status())];
        let subject = Type::Record(Arc::new(RecordType::new(None, fields)));
        let case = |ok, status: &str| {
            Pat::Record(vec![
                ("ok".into(), Pat::Bool(ok)),
                ("status".into(), Pat::Text(status.into())),
            ])
        };
        let failed = Pat::Record(vec![("ok".into(), Pat::Bool(false))]);
        let rows = [failed, case(true, "open"), case(true, "late")];
        assert_eq!(left(&subject, &rows), ["{ ok: true, status: \"paid\" }"]);
    }
}
