//! Which tables and columns a statement names, as far as that can be told without a grammar.

use std::collections::BTreeMap;

use ecow::EcoString;

use super::tokens::Token;
use crate::diagnostics::suggest::{Candidate, nearest};

/// What a statement names.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// The tables, in the order in which they are named.
    pub(super) tables: Vec<EcoString>,
    /// Names that the statement makes itself: parts of a `with`, what stands behind `as`.
    pub(super) own: Vec<EcoString>,
    /// Columns, with their table where it is said. Those without are left out where it could be anybody's.
    pub(super) columns: Vec<(Option<EcoString>, EcoString)>,
    /// A word where a clause should begin, and the nearest that would.
    pub(super) misspelt: Option<(EcoString, &'static str)>,
}

/// The words that begin a clause.
const CLAUSES: &[&str] = &[
    "from", "group", "having", "inner", "join", "left", "limit", "order", "set", "union", "values",
    "where",
];

/// Words that are no names, in statements that read and write rows.
const WORDS: &[&str] = &[
    "abort",
    "action",
    "after",
    "all",
    "and",
    "any",
    "as",
    "asc",
    "before",
    "between",
    "both",
    "by",
    "case",
    "cast",
    "collate",
    "conflict",
    "cross",
    "current",
    "current_date",
    "current_time",
    "current_timestamp",
    "day",
    "default",
    "delete",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "escape",
    "except",
    "exclude",
    "exists",
    "fail",
    "false",
    "filter",
    "first",
    "following",
    "for",
    "from",
    "full",
    "glob",
    "group",
    "groups",
    "having",
    "hour",
    "if",
    "ignore",
    "ilike",
    "in",
    "indexed",
    "inner",
    "insert",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "last",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "match",
    "materialized",
    "minute",
    "month",
    "natural",
    "no",
    "not",
    "nothing",
    "notnull",
    "null",
    "nulls",
    "of",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "others",
    "outer",
    "over",
    "partition",
    "preceding",
    "range",
    "recursive",
    "regexp",
    "replace",
    "returning",
    "right",
    "rollback",
    "row",
    "rows",
    "second",
    "select",
    "set",
    "share",
    "similar",
    "some",
    "straight_join",
    "then",
    "ties",
    "to",
    "trailing",
    "true",
    "unbounded",
    "union",
    "unknown",
    "update",
    "using",
    "values",
    "when",
    "where",
    "window",
    "with",
    "within",
    "without",
    "year",
];

/// Finds the names of a statement.
pub(super) fn names(tokens: &[Token]) -> Named {
    let mut reader =
        Reader { tokens, named: Named::default(), aliases: BTreeMap::new(), is_plain: true };
    reader.tables();
    reader.columns();
    reader.named
}

struct Reader<'t> {
    tokens: &'t [Token],
    named: Named,
    /// What tables are called in the statement; nothing where two are called the same.
    aliases: BTreeMap<String, Option<EcoString>>,
    /// One statement over tables alone: a name without a table is a column of one of them.
    is_plain: bool,
}

impl Reader<'_> {
    fn lower(&self, at: usize) -> Option<String> {
        self.tokens.get(at).and_then(Token::word).map(str::to_lowercase)
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        matches!(self.tokens.get(at), Some(Token::Word { text, is_quoted: false }) if text.eq_ignore_ascii_case(word))
    }

    fn is_sign(&self, at: usize, sign: char) -> bool {
        self.tokens.get(at) == Some(&Token::Sign(sign))
    }

    /// A name, and no word of the language.
    fn name(&self, at: usize) -> Option<&str> {
        match self.tokens.get(at)? {
            Token::Word { text, is_quoted: true } => Some(text),
            Token::Word { text, is_quoted: false } => {
                let lower = text.to_lowercase();
                (!WORDS.contains(&lower.as_str())).then_some(text)
            }
            Token::Value | Token::Sign(_) => None,
        }
    }

    fn tables(&mut self) {
        let count = (0..self.tokens.len()).filter(|at| self.is_word(*at, "select")).count();
        self.is_plain = count <= 1 && !self.is_word(0, "with");
        let mut depth = 0;
        let mut reads_at = Vec::new();
        for at in 0..self.tokens.len() {
            match &self.tokens[at] {
                Token::Sign('(') => depth += 1,
                Token::Sign(')') => {
                    depth -= 1;
                    reads_at.retain(|it| *it <= depth);
                }
                _ => {}
            }
            if self.is_word(at, "select") || self.is_word(at, "delete") {
                reads_at.push(depth);
            }
            let from = self.is_word(at, "from")
                && reads_at.contains(&depth)
                && !(at > 0 && self.is_word(at - 1, "distinct"));
            if from || self.is_word(at, "join") {
                self.table_list(at + 1);
            } else if self.is_word(at, "into") || at == 0 && self.is_word(at, "update") {
                self.table(at + 1, true);
            }
            if self.is_word(at, "as") && self.is_sign(at + 1, '(') && at > 0 {
                self.is_plain = false;
                self.named.own.extend(self.name(at - 1).map(EcoString::from));
            }
        }
    }

    /// `customer c, orders as o`
    fn table_list(&mut self, mut at: usize) {
        while let Some(behind) = self.table(at, false) {
            if !self.is_sign(behind, ',') {
                return;
            }
            at = behind + 1;
        }
    }

    /// A table with what it is called in the statement; gives what stands behind it.
    fn table(&mut self, at: usize, is_target: bool) -> Option<usize> {
        let Some(name) = self.name(at) else {
            self.is_plain = false;
            return None;
        };
        if self.is_sign(at + 1, '.') || (self.is_sign(at + 1, '(') && !is_target) {
            self.is_plain = false;
            return None;
        }
        let name = EcoString::from(name);
        let behind = if self.is_word(at + 1, "as") { at + 2 } else { at + 1 };
        let alias =
            self.name(behind).filter(|_| !self.is_sign(behind + 1, '(')).map(str::to_lowercase);
        let end = if alias.is_some() { behind + 1 } else { at + 1 };
        if alias.is_some() && behind == at + 1 {
            self.clause(behind);
        }
        self.call(name.to_lowercase().into(), &name);
        if let Some(alias) = alias {
            self.call(alias, &name);
        }
        self.named.tables.push(name);
        Some(end)
    }

    fn call(&mut self, alias: String, table: &EcoString) {
        let known = self.aliases.entry(alias).or_insert_with(|| Some(table.clone()));
        if known.as_ref() != Some(table) {
            *known = None;
        }
    }

    /// A name where one may be given to what stands before it: with more behind it, it was to begin a clause.
    fn clause(&mut self, at: usize) {
        let Some(word) = self.name(at) else { return };
        let goes_on = self.name(at + 1).is_some()
            || self.is_word(at + 1, "by")
            || matches!(self.tokens.get(at + 1), Some(Token::Value | Token::Sign('*')));
        let near = nearest(word, CLAUSES.iter().map(|it| Candidate::new(it)));
        if let (true, None, Some(near)) = (goes_on, &self.named.misspelt, near.first()) {
            let near = CLAUSES.iter().find(|it| *it == near).copied().unwrap_or_default();
            self.named.misspelt = Some((word.into(), near));
        }
    }

    fn columns(&mut self) {
        let mut found = Vec::new();
        for at in 1..self.tokens.len() {
            let Some(name) = self.name(at).map(EcoString::from) else { continue };
            if self.is_sign(at - 1, '.') {
                let table = at.checked_sub(2).and_then(|it| self.lower(it));
                let table = table.and_then(|it| self.aliases.get(&it).cloned().flatten());
                found.extend(table.map(|it| (Some(it), name)));
            } else if self.is_word(at - 1, "as") {
                self.named.own.push(name);
            } else if self.gives_name(at) {
                self.clause(at);
                self.named.own.push(name);
            } else if self.is_free(at, &name) {
                found.push((None, name));
            }
        }
        let own = &self.named.own;
        let is_plain = self.is_plain;
        let is_own = |it: &EcoString| own.iter().any(|other| other.eq_ignore_ascii_case(it));
        found.retain(|(table, column)| table.is_some() || is_plain && !is_own(column));
        self.named.columns = found;
    }

    /// Whether a name stands right behind a value: it names the value.
    fn gives_name(&self, at: usize) -> bool {
        let is_column = self.name(at - 1).is_some() || self.is_word(at - 1, "end");
        let is_all = self.is_sign(at - 1, '*')
            && at > 1
            && (self.is_word(at - 2, "select") || self.is_sign(at - 2, '.'));
        (is_column || is_all || self.tokens[at - 1] == Token::Value || self.is_sign(at - 1, ')'))
            && !self.is_sign(at + 1, '.')
    }

    /// Whether a name is a column's: no function, no table, nothing behind a word that a name of another kind follows.
    fn is_free(&self, at: usize, name: &str) -> bool {
        let follows = ["from", "join", "into", "update", "collate", "interval", "window", "over"];
        !(self.is_sign(at + 1, '(')
            || self.is_sign(at + 1, '.')
            || follows.iter().any(|it| self.is_word(at - 1, it))
            || self.aliases.contains_key(&name.to_lowercase())
            || self.is_sign(at - 1, ':')
            || self.is_sign(at - 1, '@'))
    }
}
