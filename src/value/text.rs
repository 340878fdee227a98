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
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
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

impl fmt::Debug for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
