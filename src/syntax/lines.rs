//! Where lines begin, for rules that look at indentation.

use super::lex::offset;

/// The first byte of each line of a text.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<u32>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| offset(at + 1));
        Self(std::iter::once(0).chain(breaks).collect())
    }

    /// Which line the byte stands in, counted from 0.
    pub(super) fn index(&self, at: u32) -> usize {
        self.0.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// The first byte of the line that the byte stands in.
    pub(super) fn start(&self, at: u32) -> u32 {
        self.0.get(self.index(at)).copied().unwrap_or(0)
    }

    /// The first byte behind the line that the byte stands in, its line break included.
    pub(super) fn end(&self, at: u32) -> u32 {
        self.0.get(self.index(at) + 1).copied().unwrap_or(u32::MAX)
    }

    /// How many blanks and tabs the line begins with that the byte stands in.
    pub(super) fn indent(&self, text: &str, at: u32) -> usize {
        let line = &text.as_bytes()[self.start(at) as usize..];
        line.iter().take_while(|it| matches!(it, b' ' | b'\t')).count()
    }
}
