//! Short texts, stored inside the value.

use std::fmt;

const ROOM: usize = 14;

/// At most 14 bytes of UTF-8.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ShortText {
    length: u8,
    bytes: [u8; ROOM],
}

impl ShortText {
    /// The text, if it is short enough.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; ROOM];
        copy_few(bytes.get_mut(..text.len())?, text.as_bytes());
        Some(Self { length: u8::try_from(text.len()).ok()?, bytes })
    }

    /// Its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let bytes = &self.bytes[..usize::from(self.length)];
        // SAFETY: these bytes are those of the text that `new` was given, the only place that writes them.
        #[expect(unsafe_code, reason = "checking again was a tenth of what counting words takes")]
        unsafe {
            std::str::from_utf8_unchecked(bytes)
        }
    }
}

/// Copies at most 16 bytes into as many: its first and last eight (or four), which may be the same ones. A call of the
/// system's copying takes longer.
#[inline]
fn copy_few(to: &mut [u8], from: &[u8]) {
    if let (Some(first), Some(last)) = (from.first_chunk::<8>(), from.last_chunk::<8>()) {
        ends(to, first, last);
    } else if let (Some(first), Some(last)) = (from.first_chunk::<4>(), from.last_chunk::<4>()) {
        ends(to, first, last);
    } else {
        for (to, from) in to.iter_mut().zip(from) {
            *to = *from;
        }
    }
}

#[inline]
fn ends<const N: usize>(to: &mut [u8], first: &[u8; N], last: &[u8; N]) {
    if let Some(to) = to.first_chunk_mut() {
        *to = *first;
    }
    if let Some(to) = to.last_chunk_mut() {
        *to = *last;
    }
}

impl fmt::Debug for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_14_bytes_are_kept_as_they_are() {
        let text = "abcdefgh\u{e4}jklmn";
        for end in (0..=text.len()).filter(|it| text.is_char_boundary(*it)) {
            let part = &text[..end];
            match ShortText::new(part) {
                Some(short) => assert_eq!(short.as_str(), part),
                None => assert!(end > 14, "{part}"),
            }
        }
        assert!(ShortText::new("exactly14bytes").is_some());
        assert!(ShortText::new("fifteen bytes..").is_none());
    }
}
