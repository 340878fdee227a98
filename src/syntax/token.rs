//! The words and signs of the language: one table, from which logos makes the lexer, messages take their
//! spelling, and the grammar files are checked.
//!
//! A token is a kind and a place; what a name or a number says is read from the text when the parser wants it.
//! This module scans single tokens only. What spans several of them (texts with holes, brackets, line
//! breaks) is put together by [`lex`](super::lex).

use logos::Logos;

/// One token of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The first byte.
    pub start: u32,
    /// One past the last byte; equal to `start` for a bracket that the text lacks.
    pub end: u32,
    /// For brackets and the first and last piece of a text: the index of the other one; otherwise the own index.
    pub partner: u32,
    /// What it is.
    pub kind: Kind,
    /// A line break stands between it and the token before, and matters: before a `-` inside `(…)` and `[…]` it does not.
    pub on_new_line: bool,
}

macro_rules! kinds {
    (
        values { $( #[doc = $value_doc:tt] #[$value_meta:meta] $value:ident = $value_name:tt, )* }
        pieces { $( #[doc = $piece_doc:tt] $piece:ident = $piece_name:tt, )* }
        names { $( $name_text:tt $name:ident, )* }
        reserved { $( $word_text:tt $word:ident, )* }
        signs { $( $sign_text:tt $sign:ident, )* }
        scanned { $( #[$scan_meta:meta] $scan:ident, )* }
    ) => {
        /// What a token is.
        #[derive(Logos, Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[logos(skip r"[ \t\r]+")]
        #[repr(u8)]
        pub enum Kind {
            $( #[doc = $value_doc] #[$value_meta] $value, )*
            $( #[doc = $piece_doc] $piece, )*
            $( #[doc = concat!("`", $name_text, "`, which is a name except in its places")] #[token($name_text)] $name, )*
            $( #[doc = concat!("`", $word_text, "`")] #[token($word_text)] $word, )*
            $( #[doc = concat!("`", $sign_text, "`")] #[token($sign_text)] $sign, )*
            $( #[doc(hidden)] #[$scan_meta] $scan, )*
        }

        impl Kind {
            /// Words that mean something in some places and are names in all others.
            pub const CONTEXTUAL: &[Kind] = &[$( Kind::$name ),*];
            /// Words that are never names, except behind a dot and before a colon.
            pub const RESERVED: &[Kind] = &[$( Kind::$word ),*];
            /// Brackets, operators and other signs.
            pub const SIGNS: &[Kind] = &[$( Kind::$sign ),*];
            /// Tokens that are spelt in many ways.
            pub const VALUES: &[Kind] = &[$( Kind::$value ),*];

            /// How it is spelt, or what a token of this kind is called where spellings differ.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self {
                    $( Kind::$value => $value_name, )*
                    $( Kind::$piece => $piece_name, )*
                    $( Kind::$name => $name_text, )*
                    $( Kind::$word => $word_text, )*
                    $( Kind::$sign => $sign_text, )*
                    $( Kind::$scan => stringify!($scan), )*
                }
            }

            /// Whether it can name something.
            #[must_use]
            pub fn is_name(self) -> bool {
                matches!(self, Kind::Name $( | Kind::$name )*)
            }

            /// Whether it is a word that can name nothing.
            #[must_use]
            pub fn is_reserved(self) -> bool {
                matches!(self, $( Kind::$word )|*)
            }
        }
    };
}

kinds! {
    values {
        /// An identifier.
        #[regex("[A-Za-z_][A-Za-z0-9_]*")] Name = "a name",
        /// `42`, `1_000`, `0xff`, `0b1010`
        #[regex("[0-9][0-9_]*|0x[0-9A-Fa-f_]+|0b[01_]+")] Int = "a whole number",
        /// `12.50`
        #[regex(r"[0-9][0-9_]*\.[0-9][0-9_]*")] Decimal = "a number",
        /// `1e-9`
        #[regex(r"[0-9][0-9_]*(\.[0-9][0-9_]*)?[eE][+-]?[0-9]+")] Float = "a number",
        /// `1h30m`
        #[regex("([0-9]+(ms|s|m|h|d|w))+")] Duration = "a duration",
        /// `256MB`
        #[regex("[0-9]+(B|KB|MB|GB)")] Size = "a size",
        /// `@2026-03-29`, `@2026-03-29T02:30:00Z`
        #[regex(r"@[0-9]([0-9A-Za-z:+\-]*[0-9A-Za-z])?(\.[0-9]([0-9A-Za-z:+\-]*[0-9A-Za-z])?)?(\[[A-Za-z0-9_+/\-]*\])?")] Time = "a time",
        /// A whole text: `"…"`, `"""…"""` or `r"…"` without holes.
        #[regex(r#""([^"\\{}\r\n]|\\[^u\r\n])*"|r"[^"\r\n]*""#)] Text = "a text",
    }
    pieces {
        /// A text up to its first hole, quote and `{` included.
        TextStart = "a text",
        /// A text between two holes, `}` and `{` included.
        TextMiddle = "}",
        /// A text behind its last hole, `}` and quote included.
        TextEnd = "}",
        /// Characters that mean nothing here; the lexer has said so.
        Unknown = "this",
        /// Behind everything else, without width.
        End = "the end of the file",
    }
    names {
        "div" Div,
        "catch" Catch,
        "join" Join,
        "left" Left,
        "on" On,
        "group" Group,
        "by" By,
        "sort" Sort,
        "asc" Asc,
        "desc" Desc,
        "skip" Skip,
        "take" Take,
        "select" Select,
        "limit" Limit,
        "set" Set,
        "update" Update,
        "delete" Delete,
        "distinct" Distinct,
        "keep" Keep,
        "at" At,
        "stub" Stub,
        "expect" Expect,
        "key" Key,
        "auto" Auto,
        "unique" Unique,
        "cascade" Cascade,
        "index" Index,
    }
    reserved {
        "and" And,
        "as" As,
        "break" Break,
        "const" Const,
        "continue" Continue,
        "else" Else,
        "fail" Fail,
        "false" False,
        "fn" Fn,
        "for" For,
        "from" From,
        "if" If,
        "in" In,
        "let" Let,
        "match" Match,
        "not" Not,
        "null" Null,
        "or" Or,
        "parallel" Parallel,
        "return" Return,
        "table" Table,
        "test" Test,
        "transaction" Transaction,
        "true" True,
        "try" Try,
        "type" Type,
        "use" Use,
        "var" Var,
        "where" Where,
        "while" While,
    }
    signs {
        "(" ParenOpen,
        ")" ParenClose,
        "[" BracketOpen,
        "]" BracketClose,
        "{" BraceOpen,
        "}" BraceClose,
        "," Comma,
        ":" Colon,
        "." Dot,
        "?." QuestionDot,
        "?" Question,
        "??" QuestionQuestion,
        ".." DotDot,
        "..=" DotDotEqual,
        "..." Ellipsis,
        "+" Plus,
        "-" Minus,
        "*" Star,
        "/" Slash,
        "%" Percent,
        "==" EqualEqual,
        "!=" NotEqual,
        "<" Less,
        "<=" LessEqual,
        ">" Greater,
        ">=" GreaterEqual,
        "=" Equal,
        "+=" PlusEqual,
        "-=" MinusEqual,
        "*=" StarEqual,
        "/=" SlashEqual,
        "->" Arrow,
        "=>" FatArrow,
        "|" Pipe,
    }
    scanned {
        #[token("\n")] LineBreak,
        #[regex("//[^\n]*", allow_greedy = true)] Comment,
        #[token("\"")] Quote,
        #[token("\"\"\"")] BlockQuote,
        #[token("r\"")] RawQuote,
        #[regex(r"[0-9][0-9A-Za-z_]*(\.[0-9][0-9A-Za-z_]*)*", priority = 1)] BadNumber,
        #[regex(r"'[^'\r\n]*'")] SingleQuoted,
        #[regex(r"&&|\|\||===|!==|!|;|#|\+\+|\*\*|/\*|&|\^|~|\$|'|`|\\|@|::|:=|<>")] Foreign,
        #[regex(r"[^\x00-\x7F]")] NonAscii,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        Kind::lexer(text).map(|it| it.unwrap_or(Kind::Unknown)).collect()
    }

    #[test]
    fn the_longest_spelling_wins() {
        use Kind::{
            Decimal, DotDot, DotDotEqual, Duration, Ellipsis, EqualEqual, Int, Let, Name, Question,
            QuestionDot, Size,
        };
        assert_eq!(kinds("let letter"), [Let, Name]);
        assert_eq!(
            kinds("1..5 1..=5 1.5 ...x"),
            [Int, DotDot, Int, Int, DotDotEqual, Int, Decimal, Ellipsis, Name]
        );
        assert_eq!(kinds("1h30m 256MB 10m"), [Duration, Size, Duration]);
        assert_eq!(kinds("x?.y ? =="), [Name, QuestionDot, Name, Question, EqualEqual]);
    }

    #[test]
    fn numbers_that_run_into_letters_are_one_token() {
        assert_eq!(kinds("12abc 1h30 1.2.3 10MBx"), [Kind::BadNumber; 4]);
        assert_eq!(kinds("1.foo"), [Kind::Int, Kind::Dot, Kind::Name]);
    }

    #[test]
    fn instants_end_before_a_range() {
        assert_eq!(
            kinds("@2026-03-29..@2026-04-01T09:00[Europe/Berlin]"),
            [Kind::Time, Kind::DotDot, Kind::Time]
        );
        assert_eq!(kinds("@2026-03-29T02:30:00.123+02:00"), [Kind::Time]);
        assert_eq!(kinds("@2026-03-29: @2026-03-29T02:30:00.5Z:").len(), 4);
    }

    #[test]
    fn whole_texts_are_one_token() {
        assert_eq!(kinds(r#""a\n\"b" r"\d" "" "#), [Kind::Text; 3]);
        assert_eq!(kinds("\"\"\"")[0], Kind::BlockQuote);
    }

    #[test]
    fn words_know_their_places() {
        assert!(Kind::Sort.is_name() && !Kind::Sort.is_reserved());
        assert!(Kind::Where.is_reserved() && !Kind::Where.is_name());
        assert_eq!(Kind::Where.text(), "where");
    }
}
