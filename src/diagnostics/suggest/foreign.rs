//! Words and signs of other languages that stand where this one has its own.
//!
//! The parser asks for a word or a sign that it cannot read, the checker for a name that nothing is called; names of functions and types are in [`super::synonyms`].

use crate::diagnostics::{Diagnostic, Fix};
use crate::source::Span;

/// How something is written elsewhere and here.
#[derive(Debug, PartialEq, Eq)]
pub struct Foreign {
    /// How it is written elsewhere.
    pub theirs: &'static str,
    /// What is written here; empty where nothing is.
    pub ours: &'static str,
    /// Whether one can be put in the other's place without looking at what is around it.
    pub exact: bool,
    /// What to do where that is not so, as a sentence; empty where it is.
    pub advice: &'static str,
}

impl Foreign {
    /// Whether a call stands for it here: surer than any name that is near by its letters.
    #[must_use]
    pub fn is_call(&self) -> bool {
        self.ours.ends_with("()")
    }

    /// Says so about the place where it stands.
    #[must_use]
    pub fn finding(&self, span: Span) -> Diagnostic {
        let (theirs, ours) = (self.theirs, self.ours);
        let title = match ours {
            "" => format!("`{theirs}` is not written here"),
            _ if theirs == ours => format!("`{theirs}` is a call here"),
            _ => format!("`{theirs}` is written `{ours}` here"),
        };
        let finding = Diagnostic::new("foreign-word", span, title);
        match self.exact {
            true => finding.fix(Fix::safe(format!("write `{ours}`"), span, ours)),
            false => finding.help(self.advice),
        }
    }
}

/// What a foreign word or sign is here; case matters, so that `NULL` is foreign and `null` is not.
#[must_use]
pub fn foreign(word: &str) -> Option<&'static Foreign> {
    TABLE.iter().find(|it| it.theirs == word)
}

/// One can be put in the other's place.
const fn exact(theirs: &'static str, ours: &'static str) -> Foreign {
    Foreign { theirs, ours, exact: true, advice: "" }
}

/// There is something of the kind, and the rest of the statement changes with it.
const fn like(theirs: &'static str, ours: &'static str, advice: &'static str) -> Foreign {
    Foreign { theirs, ours, exact: false, advice }
}

/// Nothing is written here for it.
const fn none(theirs: &'static str, advice: &'static str) -> Foreign {
    Foreign { theirs, ours: "", exact: false, advice }
}

const MATCH: &str = "write `match x { 1 => …  else => … }`";
const RECORD: &str = "write `type Line = { sku: text, qty: int }`, or `table` for what is stored";
const MODULE: &str = "write `use shop` for `shop.task`; `http`, `json` and the rest of the library are there without";
const BLOCK: &str = "blocks stand in braces: `{ … }`";
const BITS: &str = "bits are handled by `bit_and`, `bit_or`, `bit_xor` and `bit_not`";
const CATCH: &str = "write `try { … } catch e { … }`";
const QUERY: &str = "a query begins with `from`: `from o in Order where … select …`";

const TABLE: &[Foreign] = &[
    // Operators.
    exact("&&", "and"),
    exact("||", "or"),
    exact("!", "not"),
    exact("===", "=="),
    exact("!==", "!="),
    exact("<>", "!="),
    exact(":=", "="),
    like("**", "pow", "powers are written `x.pow(2)`"),
    like("++", "+= 1", "write `n += 1`"),
    like("--", "-= 1", "write `n -= 1`"),
    like("|", "or", BITS),
    like("&", "and", BITS),
    like("^", "pow", "powers are written `x.pow(2)`, bits are handled by `bit_xor`"),
    like("~", "not", BITS),
    like("|>", ".", "calls are chained with a dot: `x.f().g()`"),
    exact("AND", "and"),
    exact("OR", "or"),
    exact("NOT", "not"),
    exact("IN", "in"),
    like("is", "==", "write `x == null`, or `x != null`"),
    like("mod", "%", "the remainder is written `a % b`"),
    like("xor", "!=", "write `a != b`"),
    like(
        "like",
        "contains",
        "write `name.contains(\"…\")`, `name.starts_with(\"…\")` or `name.like(\"A%\")`",
    ),
    like("between", "and", "write `a <= x and x <= b`"),
    none("instanceof", "types are known before the run; `match` tells the cases of a value apart"),
    none("typeof", "types are known before the run"),
    // Values.
    exact("nil", "null"),
    exact("None", "null"),
    exact("undefined", "null"),
    exact("NULL", "null"),
    exact("Null", "null"),
    exact("nullptr", "null"),
    exact("True", "true"),
    exact("TRUE", "true"),
    exact("False", "false"),
    exact("FALSE", "false"),
    // Declarations.
    exact("function", "fn"),
    exact("func", "fn"),
    exact("fun", "fn"),
    exact("def", "fn"),
    exact("proc", "fn"),
    exact("sub", "fn"),
    like("import", "use", MODULE),
    like("require", "use", MODULE),
    like("include", "use", MODULE),
    like("struct", "type", RECORD),
    like("class", "type", RECORD),
    like("interface", "type", RECORD),
    like("enum", "type", "write `type Status = \"open\" | \"paid\"`"),
    exact("mut", "var"),
    exact("val", "let"),
    exact("final", "let"),
    exact("my", "let"),
    exact("local", "let"),
    like("global", "var", "functions see no variables of the task; hand values over as arguments"),
    like("lambda", "=>", "write `x => x + 1`"),
    // Statements.
    exact("elif", "else if"),
    exact("elsif", "else if"),
    exact("elseif", "else if"),
    exact("foreach", "for"),
    like("unless", "if not", "write `if not (…) { … }`"),
    like("until", "while not", "write `while not (…) { … }`"),
    like("loop", "while true", "write `while true { … }`"),
    like("do", "{ … }", "blocks stand in braces: `while c { … }`, `for x in xs { … }`"),
    like("repeat", "while", "write `while c { … }`, or `for i in 0..n { … }`"),
    like("then", "{ … }", BLOCK),
    like("begin", "{ … }", BLOCK),
    like("end", "}", BLOCK),
    like("fi", "}", BLOCK),
    like("done", "}", BLOCK),
    like("pass", "{}", "an empty block is written `{}`"),
    like("switch", "match", MATCH),
    like("case", "match", MATCH),
    like("when", "match", MATCH),
    like("default", "else", MATCH),
    exact("throw", "fail"),
    exact("raise", "fail"),
    like("except", "catch", CATCH),
    like("rescue", "catch", CATCH),
    none("finally", "write behind the `try` what is to happen in any case"),
    none("await", "leave it out: a call waits for its result by itself"),
    none("async", "leave it out: a call waits for its result by itself"),
    none("new", "leave it out: records are written `{ … }`, lists `[ … ]`"),
    like("yield", "return", "give back a list"),
    none("goto", "use `while`, `break` and `continue`"),
    like("with", "let", "write `let x = …`: nothing has to be closed"),
    // Databases.
    like("SELECT", "from", QUERY),
    like("select", "from", QUERY),
    exact("FROM", "from"),
    exact("WHERE", "where"),
    like("order", "sort", "write `sort o.total desc, o.id`"),
    like("orderby", "sort", "write `sort o.total desc, o.id`"),
    like("having", "where", "behind `group by`, `where` is about the groups"),
    like("offset", "skip", "write `skip 20 take 10`"),
    like("create", "table", "declare it: `table Order { id: int key auto … }`"),
    like("CREATE", "table", "declare it: `table Order { id: int key auto … }`"),
    like("insert", "insert", "write `Order.insert({ total: 3 })`"),
    like("INSERT", "insert", "write `Order.insert({ total: 3 })`"),
    like("UPDATE", "update", "write `update o in Order where … set { total: 3 }`"),
    like("DELETE", "delete", "write `delete o in Order where …`"),
    // What others call or have around.
    like(
        "console",
        "print",
        "write `print(x)`, or `log.info(\"…\")` for what is kept with the run",
    ),
    like("println", "print", "write `print(x)`"),
    like("printf", "print", "write `print(\"{x}\")`"),
    like("echo", "print", "write `print(x)`"),
    like("range", "..", "a range is written `0..n`; `0..=n` takes `n` in"),
    like("fetch", "http.get", "write `http.get(url)`"),
    like("requests", "http", "write `http.get(url)`"),
    like("axios", "http", "write `http.get(url)`"),
    like("JSON", "json", "write `json.parse(text)` and `json.stringify(x)`"),
    exact("logging", "log"),
    exact("logger", "log"),
    exact("assert", "expect"),
    like("assertEquals", "expect", "write `expect a == b` in a test"),
    like("assertEqual", "expect", "write `expect a == b` in a test"),
    like("open", "files", "write `files.read_text(\"in.csv\")`, or `csv.rows<Row>(\"in.csv\")`"),
    none("input", "a task runs by itself; it reads files, tables and `env.NAME`"),
    like("timedelta", "1d", "a duration is written `1d`, `2h` or `1h30m`"),
    none("Math", "numbers have methods: `x.abs()`, `x.round()`, `x.min(y)`"),
    like("Date", "now()", "write `now()`, or a literal: `@2026-03-29T02:30:00Z`"),
    like("datetime", "now()", "write `now()`, or a literal: `@2026-03-29T02:30:00Z`"),
    like("process", "env", "write `env.NAME`, or `secret.NAME` for what nobody may see"),
    like("os", "env", "write `env.NAME`, or `secret.NAME` for what nobody may see"),
    like("Error", "fail", "write `fail \"what is wrong\"`"),
    like("Exception", "fail", "write `fail \"what is wrong\"`"),
    none("this", "a task has no objects; name the value"),
    none("self", "a task has no objects; name the value"),
    // Punctuation.
    like(";", "a line break", "a statement ends with its line"),
    exact("#", "//"),
    like("'", "\"", "texts stand in double quotes"),
    like("`", "\"", "texts stand in double quotes"),
    none("$", "a value in a text is written `{name}`"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stands_there_twice_or_for_itself() {
        for (at, it) in TABLE.iter().enumerate() {
            assert!(TABLE[..at].iter().all(|other| other.theirs != it.theirs), "{}", it.theirs);
        }
    }

    #[test]
    fn exact_words_need_no_advice_and_the_others_do() {
        for it in TABLE {
            assert_eq!(it.exact, it.advice.is_empty(), "{}", it.theirs);
            assert!(!it.exact || !it.ours.is_empty(), "{}", it.theirs);
        }
    }

    #[test]
    fn words_of_this_language_are_not_foreign() {
        for word in
            "and as break const continue else fail false fn for from if in let match not null or \
                     parallel return table test transaction true try type use var where while"
                .split_whitespace()
        {
            assert_eq!(foreign(word), None, "{word}");
        }
        assert_eq!(foreign("elif").map(|it| it.ours), Some("else if"));
    }
}
