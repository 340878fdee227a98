//! Lines and columns as an editor counts them.
//!
//! Both count from 0. Columns count bytes, UTF-16 units or code points, as agreed on at the beginning; UTF-16 where nothing was
//! agreed on, as the protocol wants.

use gen_lsp_types::{Position, Range};

use crate::source::{FileId, Source, Span};

/// What columns count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16.
    #[default]
    Utf16,
    /// Code points.
    Utf32,
}

impl Encoding {
    /// The best of those that an editor offers: bytes, which need no counting, before the others.
    pub(super) fn chosen(offered: &[&str]) -> Self {
        if offered.contains(&"utf-8") {
            Self::Utf8
        } else if offered.contains(&"utf-32") && !offered.contains(&"utf-16") {
            Self::Utf32
        } else {
            Self::Utf16
        }
    }

    /// What the protocol calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Utf32 => "utf-32",
        }
    }

    /// How long a piece of a line is.
    pub(super) fn length(self, text: &str) -> u32 {
        let length = match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Utf32 => text.chars().count(),
        };
        u32::try_from(length).unwrap_or(u32::MAX)
    }

    /// Where a byte stands.
    pub(super) fn position(self, source: &Source, offset: u32) -> Position {
        let offset = source.clamp(offset);
        let line = source.position(offset).line;
        let start = source.line(line).start;
        let before = source.text.get(start..offset as usize).unwrap_or_default();
        Position { line: line - 1, character: self.length(before) }
    }

    /// Where a span stands.
    pub(super) fn range(self, source: &Source, span: Span) -> Range {
        let start = self.position(source, span.start);
        let end = if span.end == span.start { start } else { self.position(source, span.end) };
        Range { start, end }
    }

    /// The byte at a position; beyond a line's end its end, beyond the last line the text's end, and within a character its beginning.
    pub(super) fn offset(self, source: &Source, position: Position) -> u32 {
        let line = source.line(position.line.saturating_add(1));
        let text = &source.text[line.clone()];
        let mut left = position.character;
        let mut at = line.start;
        for c in text.chars() {
            let mut buffer = [0; 4];
            let width = self.length(c.encode_utf8(&mut buffer));
            if left < width {
                break;
            }
            left -= width;
            at += c.len_utf8();
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// The bytes of a range; one whose end stands before its start is empty.
    pub(super) fn span(self, file: FileId, source: &Source, range: Range) -> Span {
        let start = self.offset(source, range.start);
        Span::new(file, start, self.offset(source, range.end).max(start))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

    #[test]
    fn an_emoji_is_four_bytes_two_units_one_point() {
        let source = Source::new(FileId(0), "a", "x = \"😀\" y\r\nz");
        let y = u32::try_from(source.text.find('y').unwrap()).unwrap();
        let columns = ALL.map(|it| it.position(&source, y).character);
        assert_eq!(columns, [11, 9, 8]);
        assert_eq!(Encoding::Utf16.position(&source, 99), Position { line: 1, character: 1 });
    }

    #[test]
    fn positions_beyond_the_text_count_as_its_nearest() {
        let source = Source::new(FileId(0), "a", "é\n");
        let at = |line, character| Encoding::Utf16.offset(&source, Position { line, character });
        assert_eq!([at(0, 9), at(9, 9), at(1, 0)], [2, 3, 3]);
        assert_eq!(Encoding::Utf8.offset(&source, Position { line: 0, character: 1 }), 0);
    }

    proptest! {
        #[test]
        fn what_is_counted_reads_back(text in "[a😀é\r\n ]{0,40}", at in 0usize..60) {
            let source = Source::new(FileId(0), "a", &text);
            let offset = source.clamp(u32::try_from(at).unwrap());
            let within_break = text[..offset as usize].ends_with('\r');
            for it in ALL {
                let back = it.offset(&source, it.position(&source, offset));
                prop_assert!(back == offset || within_break, "{it:?} {offset} {back}");
            }
        }
    }
}
