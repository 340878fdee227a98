//! Statements that are written in a program: their shape, the words that they begin clauses with, and the tables and
//! columns of the declarations.
//!
//! This is no grammar of SQL: it knows few enough things of a statement to be sure of each. What it does not know is
//! left to the database, which says so when the statement is run.

mod names;
mod tokens;

use ecow::EcoString;

use self::names::{Named, names};
use self::tokens::{Shape, Token, tokens};
use crate::check::checker::Checker;
use crate::check::declared::Declared;
use crate::check::project::default_source;
use crate::check::report::languages as say;
use crate::check::table::TableInfo;
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::source::Span;
use crate::syntax::tree::{Text, TextPart};

/// The words that statements begin with, of all databases.
const STATEMENTS: &[&str] = &[
    "alter",
    "analyze",
    "attach",
    "begin",
    "call",
    "commit",
    "copy",
    "create",
    "delete",
    "detach",
    "do",
    "drop",
    "exec",
    "explain",
    "grant",
    "insert",
    "lock",
    "merge",
    "pragma",
    "refresh",
    "reindex",
    "release",
    "replace",
    "rollback",
    "savepoint",
    "select",
    "set",
    "show",
    "truncate",
    "update",
    "vacuum",
    "values",
    "with",
];

/// The statements whose names are looked at.
const LOOKED_INTO: [&str; 5] = ["select", "insert", "update", "delete", "replace"];

impl Checker<'_> {
    /// Looks into a statement for a source; gives whether nothing is wrong with it.
    pub(in crate::check) fn check_statement(&mut self, text: &Text, source: Option<&str>) -> bool {
        let errors = self.error_count();
        let read = tokens(text);
        if let Some(shape) = read.shape {
            self.report_shape(text, shape);
        } else if let Some(Token::Word { text: first, .. }) = read.tokens.first() {
            if STATEMENTS.contains(&first.to_lowercase().as_str()) {
                self.check_names(text, source, &read.tokens);
            } else {
                self.report_first_word(text, first, source);
            }
        }
        self.error_count() == errors
    }

    fn report_shape(&mut self, text: &Text, shape: Shape) {
        let whole = whole(text);
        self.report(match shape {
            Shape::OpenQuote => say::sql_open(whole, "a quote `'`"),
            Shape::OpenBracket => say::sql_open(whole, "a bracket `(`"),
            Shape::SurplusBracket => say::sql_surplus_bracket(whole),
            Shape::SecondStatement => say::sql_two_statements(whole),
            Shape::Empty => say::sql_empty(whole),
        });
    }

    fn report_first_word(&mut self, text: &Text, first: &str, source: Option<&str>) {
        let near = nearest(first, STATEMENTS.iter().map(|it| Candidate::new(it)));
        // What other databases begin statements with is not known as surely as what the embedded one does.
        if !near.is_empty() || self.is_embedded(source) {
            self.report(say::sql_word(self.place_in(text, first), first, &near, "statement"));
        }
    }

    fn check_names(&mut self, text: &Text, source: Option<&str>, found: &[Token]) {
        let first = found.first().and_then(Token::word).unwrap_or_default().to_lowercase();
        if first != "with" && !LOOKED_INTO.contains(&first.as_str()) {
            return;
        }
        let named = names(found);
        if let Some((word, near)) = &named.misspelt {
            let place = self.place_in(text, word);
            return self.report(say::sql_word(place, word, &[near], "clause"));
        }
        let declared = self.tables_of(source);
        for table in &named.tables {
            if !declared.iter().any(|it| is_called(it, table)) && !named.own.contains(table) {
                let known = declared.iter().map(|it| Candidate::new(&it.database_name));
                let near = nearest(table, known);
                if !near.is_empty() {
                    let place = self.place_in(text, table);
                    return self.report(say::sql_no_table(place, table, &near));
                }
            }
        }
        self.check_columns(text, source, &named, &declared);
    }

    fn check_columns(
        &mut self,
        text: &Text,
        source: Option<&str>,
        named: &Named,
        declared: &[std::sync::Arc<TableInfo>],
    ) {
        for (table, column) in &named.columns {
            let tables: Vec<&TableInfo> = match table {
                Some(table) => {
                    declared.iter().filter(|it| is_called(it, table)).map(AsRef::as_ref).collect()
                }
                None => {
                    let of = |name: &EcoString| declared.iter().find(|it| is_called(it, name));
                    named.tables.iter().filter_map(of).map(AsRef::as_ref).collect()
                }
            };
            let is_known = tables.iter().any(|it| has_column(it, column));
            let all_declared = table.is_some() || tables.len() == named.tables.len();
            if is_known || tables.is_empty() || !all_declared {
                continue;
            }
            let columns = tables.iter().flat_map(|it| &it.columns);
            let columns: Vec<&str> = columns.map(|it| it.database_name.as_str()).collect();
            let near = nearest(column, columns.iter().map(|it| Candidate::new(it)));
            // A table of another database may have columns that are not declared.
            if near.is_empty() && !self.is_embedded(source) {
                continue;
            }
            let place = self.place_in(text, column);
            let names: Vec<&str> = tables.iter().map(|it| it.database_name.as_str()).collect();
            return self.report(say::sql_no_column(place, &names, &columns, column, &near));
        }
    }

    /// The tables that the file sees and that stand on a source.
    fn tables_of(&self, source: Option<&str>) -> Vec<std::sync::Arc<TableInfo>> {
        let default = default_source(self.items);
        let wanted = source.unwrap_or(&default);
        let names = self.declared_names().into_iter();
        let tables = names.filter_map(|(_, decl)| match self.declared(decl) {
            Declared::Table(table) => Some(table.clone()),
            _ => None,
        });
        tables.filter(|it| it.source.as_deref().unwrap_or(&default) == wanted).collect()
    }

    /// Whether the source is the one that the program's tables are created on.
    fn is_embedded(&self, source: Option<&str>) -> bool {
        source.map_or_else(|| default_source(self.items) == "main", |it| it == "main")
    }

    /// Where a word of a statement stands; the whole statement where that cannot be told.
    fn place_in(&self, text: &Text, word: &str) -> Span {
        let is_edge = |c: Option<char>| c.is_none_or(|c| !(c.is_alphanumeric() || c == '_'));
        for part in &text.parts {
            let TextPart::Literal(_, span) = part else { continue };
            let written = self.source.slice(*span);
            let mut places = written.match_indices(word).map(|(at, _)| at);
            let is_whole = |at: &usize| {
                is_edge(written[..*at].chars().next_back())
                    && is_edge(written[*at + word.len()..].chars().next())
            };
            if let Some(at) = places.find(is_whole) {
                let start = span.start + u32::try_from(at).unwrap_or_default();
                let end = start + u32::try_from(word.len()).unwrap_or_default();
                return Span { start, end, ..*span };
            }
        }
        whole(text)
    }
}

/// All of a statement.
fn whole(text: &Text) -> Span {
    let mut spans = text.parts.iter().map(|part| match part {
        TextPart::Literal(_, span) => *span,
        TextPart::Hole(hole) => hole.span,
    });
    let first = spans.next().unwrap_or_default();
    spans.fold(first, Span::to)
}

fn is_called(table: &TableInfo, name: &str) -> bool {
    table.database_name.eq_ignore_ascii_case(name)
}

fn has_column(table: &TableInfo, name: &str) -> bool {
    table.columns.iter().any(|it| it.database_name.eq_ignore_ascii_case(name))
        || ["rowid", "oid", "_rowid_"].iter().any(|it| it.eq_ignore_ascii_case(name))
}
