//! A statement as words and signs, and what is wrong with its shape.

use crate::syntax::tree::{Text, TextPart};

/// A piece of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or a word of the language.
    Word {
        /// As it is written.
        text: String,
        /// In double quotes: a name, whatever it says.
        is_quoted: bool,
    },
    /// A text, a number, a value that is bound.
    Value,
    /// Any other character.
    Sign(char),
}

impl Token {
    /// The text of a word.
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Word { text, .. } => Some(text),
            Self::Value | Self::Sign(_) => None,
        }
    }
}

/// What is wrong with a statement as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    OpenQuote,
    OpenBracket,
    SurplusBracket,
    SecondStatement,
    Empty,
}

/// What a statement is made of.
pub(super) struct Read {
    pub(super) tokens: Vec<Token>,
    pub(super) shape: Option<Shape>,
}

/// Takes a statement apart.
pub(super) fn tokens(text: &Text) -> Read {
    let mut reader = Reader::default();
    for part in &text.parts {
        match part {
            TextPart::Literal(piece, _) => reader.piece(piece),
            TextPart::Hole(_) => reader.hole(),
        }
    }
    let shape = reader.shape();
    Read { tokens: reader.tokens, shape }
}

/// What the next character belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Within {
    #[default]
    Nothing,
    Word,
    Number,
    /// `'…'`
    Text,
    /// `"…"`, and the backticks of MySQL.
    Name(char),
    /// `-- …`
    Line,
    /// `/* … */`
    Block,
}

#[derive(Default)]
struct Reader {
    tokens: Vec<Token>,
    within: Within,
    depth: i32,
    is_surplus: bool,
    /// A `;` has been read.
    is_over: bool,
    is_second: bool,
}

impl Reader {
    fn hole(&mut self) {
        if !matches!(self.within, Within::Text | Within::Name(_) | Within::Line | Within::Block) {
            self.within = Within::Nothing;
            self.push(Token::Value);
        }
    }

    fn push(&mut self, token: Token) {
        self.is_second |= self.is_over;
        self.tokens.push(token);
    }

    fn piece(&mut self, piece: &str) {
        let mut rest = piece.chars().peekable();
        while let Some(c) = rest.next() {
            let next = rest.peek().copied();
            match self.within {
                Within::Text if c == '\'' => self.within = Within::Nothing,
                Within::Name(quote) if c == quote => self.within = Within::Nothing,
                Within::Line if c == '\n' => self.within = Within::Nothing,
                Within::Block if c == '*' && next == Some('/') => {
                    rest.next();
                    self.within = Within::Nothing;
                }
                Within::Name(_) => self.append(c),
                Within::Text | Within::Line | Within::Block => {}
                Within::Word if c.is_alphanumeric() || matches!(c, '_' | '$') => self.append(c),
                Within::Number if c.is_alphanumeric() || c == '.' => {}
                Within::Nothing | Within::Word | Within::Number => {
                    if self.begins(c, next) {
                        rest.next();
                    }
                }
            }
        }
        if matches!(self.within, Within::Word | Within::Number) {
            self.within = Within::Nothing;
        }
    }

    /// Takes a character that begins something; whether it takes the next one with it.
    fn begins(&mut self, c: char, next: Option<char>) -> bool {
        self.within = Within::Nothing;
        match (c, next) {
            ('-', Some('-')) => self.within = Within::Line,
            ('/', Some('*')) => {
                self.within = Within::Block;
                return true;
            }
            ('\'', _) => {
                self.within = Within::Text;
                self.push(Token::Value);
            }
            ('"' | '`', _) => {
                self.within = Within::Name(c);
                self.push(Token::Word { text: String::new(), is_quoted: true });
            }
            _ if c.is_alphabetic() || c == '_' => {
                self.within = Within::Word;
                self.push(Token::Word { text: c.into(), is_quoted: false });
            }
            _ if c.is_ascii_digit() => {
                self.within = Within::Number;
                self.push(Token::Value);
            }
            (';', _) => self.is_over = true,
            _ if c.is_whitespace() => {}
            _ => self.sign(c),
        }
        false
    }

    fn sign(&mut self, c: char) {
        self.depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        self.is_surplus |= self.depth < 0;
        self.push(Token::Sign(c));
    }

    fn append(&mut self, c: char) {
        if let Some(Token::Word { text, .. }) = self.tokens.last_mut() {
            text.push(c);
        }
    }

    fn shape(&self) -> Option<Shape> {
        if matches!(self.within, Within::Text | Within::Name(_)) {
            Some(Shape::OpenQuote)
        } else if self.is_surplus {
            Some(Shape::SurplusBracket)
        } else if self.depth > 0 {
            Some(Shape::OpenBracket)
        } else if self.is_second {
            Some(Shape::SecondStatement)
        } else if self.tokens.is_empty() {
            Some(Shape::Empty)
        } else {
            None
        }
    }
}
