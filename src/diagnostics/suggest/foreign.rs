//! Words and signs of other languages that stand where this one has its own.
//!
//! The parser asks for a word or a sign that it cannot read; names of functions and types are in [`super::synonyms`].

/// How something is written elsewhere and here.
#[derive(Debug, PartialEq, Eq)]
pub struct Foreign {
    /// How it is written elsewhere.
    pub theirs: &'static str,
    /// What is written here; an example where one word does not stand for the other.
    pub ours: &'static str,
    /// Whether one can be put in the other's place without looking at what is around it.
    pub exact: bool,
}

/// What a foreign word or sign is here; case matters, so that `NULL` is foreign and `null` is not.
#[must_use]
pub fn foreign(word: &str) -> Option<&'static Foreign> {
    TABLE.iter().find(|it| it.theirs == word)
}

const fn exact(theirs: &'static str, ours: &'static str) -> Foreign {
    Foreign { theirs, ours, exact: true }
}

const fn like(theirs: &'static str, ours: &'static str) -> Foreign {
    Foreign { theirs, ours, exact: false }
}

const TABLE: &[Foreign] = &[
    // Operators.
    exact("&&", "and"),
    exact("||", "or"),
    exact("!", "not"),
    exact("===", "=="),
    exact("!==", "!="),
    exact("<>", "!="),
    exact(":=", "="),
    like("**", "x.pow(n)"),
    like("++", "+= 1"),
    like("--", "-= 1"),
    like("?:", "if … { … } else { … }"),
    like("|", "or"),
    like("&", "and"),
    like("^", "x.pow(n)"),
    like("~", "not"),
    like("<<", "x.shift_left(n)"),
    like(">>", "x.shift_right(n)"),
    like("|>", "x.f()"),
    like("->", "=>"),
    exact("AND", "and"),
    exact("OR", "or"),
    exact("NOT", "not"),
    exact("IN", "in"),
    like("is", "=="),
    like("mod", "%"),
    like("xor", "!="),
    like("instanceof", "match"),
    like("typeof", "match"),
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
    exact("yes", "true"),
    exact("no", "false"),
    // Declarations.
    exact("function", "fn"),
    exact("func", "fn"),
    exact("fun", "fn"),
    exact("def", "fn"),
    exact("proc", "fn"),
    exact("sub", "fn"),
    exact("import", "use"),
    exact("require", "use"),
    exact("include", "use"),
    like("struct", "type Line = { … }"),
    like("class", "type Line = { … }"),
    like("interface", "type Line = { … }"),
    like("enum", "type Status = \"open\" | \"paid\""),
    like("model", "table"),
    exact("mut", "var"),
    exact("val", "let"),
    exact("final", "let"),
    exact("my", "let"),
    exact("local", "let"),
    like("global", "var"),
    like("lambda", "x => …"),
    // Statements.
    exact("elif", "else if"),
    exact("elsif", "else if"),
    exact("elseif", "else if"),
    exact("foreach", "for"),
    like("unless", "if not …"),
    like("until", "while not …"),
    like("loop", "while true"),
    like("do", "{ … }"),
    like("then", "{ … }"),
    like("begin", "{ … }"),
    like("end", "}"),
    like("fi", "}"),
    like("done", "}"),
    like("pass", "{}"),
    like("switch", "match"),
    like("case", "match"),
    like("when", "match"),
    like("default", "else"),
    exact("throw", "fail"),
    exact("raise", "fail"),
    like("except", "catch"),
    like("rescue", "catch"),
    like("finally", "what comes behind the `try`"),
    like("await", "nothing: calls wait by themselves"),
    like("async", "nothing: calls wait by themselves"),
    like("new", "nothing: a record is written `{ … }`"),
    like("yield", "return"),
    like("goto", "while"),
    like("with", "let"),
    like("SELECT", "from … select …"),
    like("FROM", "from"),
    like("WHERE", "where"),
    like("INSERT", "Table.insert({ … })"),
    like("UPDATE", "update"),
    like("DELETE", "delete"),
    like("order", "sort"),
    like("orderby", "sort"),
    like("having", "where"),
    like("offset", "skip"),
    // Punctuation.
    like(";", "a line break"),
    exact("#", "//"),
    like("'", "\""),
    like("`", "\""),
    like("$", "{name}"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stands_there_twice_or_for_itself() {
        for (at, it) in TABLE.iter().enumerate() {
            assert!(TABLE[..at].iter().all(|other| other.theirs != it.theirs), "{}", it.theirs);
            assert_ne!(it.theirs, it.ours);
        }
    }

    #[test]
    fn exact_words_can_be_written_as_they_are() {
        for it in TABLE.iter().filter(|it| it.exact) {
            assert!(!it.ours.contains('…'), "{} -> {}", it.theirs, it.ours);
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
