//! The reader: bytes of a JSON text, one value after the other.

use std::borrow::Cow;
use std::rc::Rc;

use super::super::convert::Mismatch;
use super::super::{Key, LEVELS_MAX, Map, Value};
use super::number;

/// Why reading stopped.
pub(super) enum Stop {
    /// The text is no JSON.
    Syntax {
        at: usize,
        wanted: &'static str,
    },
    TooDeep,
    /// The text is JSON, but not of the type.
    Mismatch(Mismatch),
}

impl From<Mismatch> for Stop {
    fn from(mismatch: Mismatch) -> Self {
        Self::Mismatch(mismatch)
    }
}

pub(super) type Read<T = Value> = Result<T, Stop>;

/// A place in a JSON text.
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
    keys: Keys,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at, keys: Keys::default() }
    }

    /// Any value.
    pub(super) fn value(&mut self, level: u32) -> Read {
        match self.peek() {
            Some(b'{') => self.object(level),
            Some(b'[') => self.array(level),
            Some(b'"') => self.text().map(|text| match text {
                Cow::Borrowed(text) => Value::text(text),
                Cow::Owned(text) => Value::from_string(text),
            }),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.wanted("expected a value")),
        }
    }

    fn object(&mut self, level: u32) -> Read {
        let mut map = Map::new();
        self.members(level, |reader, key| {
            let key = reader.keys.value(&key);
            let value = reader.value(level + 1)?;
            map.insert(Key(key), value);
            Ok(())
        })?;
        Ok(Value::Map(Rc::new(map)))
    }

    fn array(&mut self, level: u32) -> Read {
        let mut items = Vec::new();
        self.elements(level, |reader, _| {
            items.push(reader.value(level + 1)?);
            Ok(())
        })?;
        Ok(Value::list(items))
    }

    /// Hands on the key of each member; what is given reads its value.
    pub(super) fn members(
        &mut self,
        level: u32,
        mut member: impl FnMut(&mut Self, Cow<'t, str>) -> Read<()>,
    ) -> Read<()> {
        self.open(level)?;
        if self.eat(b'}') {
            return Ok(());
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.wanted("expected a key in quotes"));
            }
            let key = self.text()?;
            if !self.eat(b':') {
                return Err(self.wanted("expected `:`"));
            }
            member(self, key)?;
            if self.eat(b'}') {
                return Ok(());
            }
            if !self.eat(b',') {
                return Err(self.wanted("expected `,` or `}`"));
            }
        }
    }

    /// Hands on the place of each element; what is given reads it.
    pub(super) fn elements(
        &mut self,
        level: u32,
        mut element: impl FnMut(&mut Self, usize) -> Read<()>,
    ) -> Read<()> {
        self.open(level)?;
        if self.eat(b']') {
            return Ok(());
        }
        for index in 0.. {
            element(self, index)?;
            if self.eat(b']') {
                break;
            }
            if !self.eat(b',') {
                return Err(self.wanted("expected `,` or `]`"));
            }
        }
        Ok(())
    }

    fn open(&mut self, level: u32) -> Read<()> {
        self.at += 1;
        if level >= LEVELS_MAX { Err(Stop::TooDeep) } else { Ok(()) }
    }

    fn word(&mut self, word: &str, value: Value) -> Read {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.wanted("expected a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    pub(super) fn number(&mut self) -> Read {
        let start = self.at;
        let (value, end) =
            number::read(self.text, start).map_err(|(at, wanted)| Stop::Syntax { at, wanted })?;
        self.at = end;
        Ok(value)
    }

    /// A text; borrowed where it has no escapes.
    pub(super) fn text(&mut self) -> Read<Cow<'t, str>> {
        self.at += 1;
        let plain = self.plain();
        let mut whole = Cow::Borrowed(plain);
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(whole);
                }
                Some(b'\\') => {
                    let c = self.escape()?;
                    let whole = whole.to_mut();
                    whole.push(c);
                    whole.push_str(self.plain());
                }
                Some(_) => return Err(self.wanted("expected no control characters in a text")),
                None => return Err(self.wanted("expected `\"`")),
            }
        }
    }

    /// The characters up to the next that needs a look.
    fn plain(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let special = |b: &u8| *b == b'"' || *b == b'\\' || *b < 0x20;
        let end = rest.as_bytes().iter().position(special).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn escape(&mut self) -> Read<char> {
        let rest = &self.text.as_bytes()[self.at..];
        let (c, length) = match rest.get(1) {
            Some(b'"') => ('"', 2),
            Some(b'\\') => ('\\', 2),
            Some(b'/') => ('/', 2),
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'n') => ('\n', 2),
            Some(b'r') => ('\r', 2),
            Some(b't') => ('\t', 2),
            Some(b'u') => code_point(rest).ok_or_else(|| self.bad_escape())?,
            _ => return Err(self.bad_escape()),
        };
        self.at += length;
        Ok(c)
    }

    fn bad_escape(&self) -> Stop {
        self.wanted("expected an escape that JSON has")
    }

    /// Skips white space and looks at what follows.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// The text ends here.
    pub(super) fn end(&mut self) -> Read<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.wanted("expected nothing behind the value")),
        }
    }

    fn wanted(&self, wanted: &'static str) -> Stop {
        Stop::Syntax { at: self.at, wanted }
    }
}

/// `\u00e9` or `\ud83d\ude00`, and how many bytes it takes.
fn code_point(escape: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = escape.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |unit, b| Some(unit * 16 + char::from(*b).to_digit(16)?))
    };
    let first = unit(0)?;
    if !(0xD800..0xDC00).contains(&first) {
        return Some((char::from_u32(first)?, 6));
    }
    let second = unit(6).filter(|it| (0xDC00..0xE000).contains(it))?;
    let both = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    Some((char::from_u32(both)?, 12))
}

/// Keys too long to stand inside a value, kept to be used again: objects of one kind share their keys' memory.
struct Keys([Value; Keys::PLACES]);

impl Default for Keys {
    fn default() -> Self {
        Self([const { Value::Null }; Self::PLACES])
    }
}

impl Keys {
    const PLACES: usize = 32;

    fn value(&mut self, key: &str) -> Value {
        let bytes = key.as_bytes();
        let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
            return Value::text(key);
        };
        let place =
            (bytes.len() * 31 + usize::from(*first) * 7 + usize::from(*last)) % Self::PLACES;
        let kept = &mut self.0[place];
        if kept.as_str() != Some(key) {
            let value = Value::text(key);
            if matches!(value, Value::Short(_)) {
                return value;
            }
            *kept = value;
        }
        kept.clone()
    }
}
