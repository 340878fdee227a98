//! Texts as bytes and bytes as texts.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::super::limits;
use super::super::native::Bytes;
use crate::value::{Code, Fault};

/// Everything but letters, digits and `-_.~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

pub(super) fn bytes(t: &str, encoding: &str) -> Result<Bytes, Fault> {
    encode(t, encoding).map(Bytes)
}

/// The bytes of a text in an encoding.
pub(in crate::stdlib) fn encode(t: &str, encoding: &str) -> Result<Vec<u8>, Fault> {
    let one_byte = |last: char| {
        let too_far = |c| Fault::argument(format!("{encoding} has no `{c}`"));
        let byte = |c: char| u8::try_from(c).ok().filter(|_| c <= last).ok_or_else(|| too_far(c));
        t.chars().map(byte).collect()
    };
    match Encoding::of(encoding)? {
        Encoding::Utf8 => Ok(t.as_bytes().to_vec()),
        Encoding::Utf16Le => Ok(t.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        Encoding::Utf16Be => Ok(t.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        Encoding::Latin1 => one_byte('\u{ff}'),
        Encoding::Ascii => one_byte('\u{7f}'),
    }
}

/// The text that bytes are in an encoding. A byte order mark is no part of it.
pub(in crate::stdlib) fn decode<'b>(
    bytes: &'b [u8],
    encoding: &str,
) -> Result<Cow<'b, str>, Fault> {
    let wrong = || Fault::new(Code::Decode, format!("these bytes are no text in {encoding}"));
    match Encoding::of(encoding)? {
        Encoding::Utf8 => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| wrong())
        }
        Encoding::Utf16Le => utf16(bytes, u16::from_le_bytes).map(Cow::Owned).ok_or_else(wrong),
        Encoding::Utf16Be => utf16(bytes, u16::from_be_bytes).map(Cow::Owned).ok_or_else(wrong),
        Encoding::Latin1 => Ok(Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect())),
        Encoding::Ascii if bytes.is_ascii() => {
            Ok(Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect()))
        }
        Encoding::Ascii => Err(wrong()),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    let text = rest.is_empty().then(|| String::from_utf16(&units).ok()).flatten()?;
    Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Latin1,
    Ascii,
}

impl Encoding {
    fn of(name: &str) -> Result<Self, Fault> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Ok(Self::Utf8),
            "utf-16le" => Ok(Self::Utf16Le),
            "utf-16be" => Ok(Self::Utf16Be),
            "latin-1" | "latin1" | "iso-8859-1" => Ok(Self::Latin1),
            "ascii" | "us-ascii" => Ok(Self::Ascii),
            _ => Err(Fault::argument(format!(
                "no encoding is called `{name}`; there are utf-8, utf-16le, utf-16be, latin-1 and ascii"
            ))),
        }
    }
}

pub(in crate::stdlib) fn url_encode(t: &str) -> String {
    utf8_percent_encode(t, RESERVED).to_string()
}

pub(super) fn url_decode(t: &str) -> Result<String, Fault> {
    let text = percent_decode_str(t).decode_utf8();
    let wrong = |_| Fault::new(Code::Decode, "the bytes behind the `%` signs are no text");
    text.map(Cow::into_owned).map_err(wrong)
}

pub(super) fn base64_encode(t: &str) -> Result<String, Fault> {
    limits::bytes(t.len() / 3 * 4)?;
    Ok(STANDARD.encode(t))
}

pub(super) fn hex_encode(t: &str) -> Result<String, Fault> {
    limits::bytes(t.len() * 2)?;
    Ok(hex::encode(t))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_go_both_ways() {
        for (encoding, text) in [
            ("utf-8", "né😀"),
            ("UTF-16LE", "né😀"),
            ("utf-16be", "né😀"),
            ("latin-1", "né"),
            ("ascii", "ne"),
        ] {
            let bytes = encode(text, encoding).unwrap();
            assert_eq!(decode(&bytes, encoding).unwrap(), text, "{encoding}");
        }
        assert!(encode("€", "latin-1").unwrap_err().is(Code::Argument));
        assert!(encode("é", "ascii").unwrap_err().is(Code::Argument));
        assert!(encode("a", "ebcdic").unwrap_err().is(Code::Argument));
        for (bytes, encoding) in [
            (&b"\xff"[..], "utf-8"),
            (b"\xff", "ascii"),
            (b"a", "utf-16le"),
            (b"\0\xd8", "utf-16le"),
        ] {
            assert!(decode(bytes, encoding).unwrap_err().is(Code::Decode), "{encoding}");
        }
        assert_eq!(decode(b"\xef\xbb\xbfa", "utf-8").unwrap(), "a");
    }

    #[test]
    fn addresses_are_encoded_and_decoded() {
        assert_eq!(url_encode("a b&c/é~"), "a%20b%26c%2F%C3%A9~");
        assert_eq!(url_decode("a%20b%zz%").unwrap(), "a b%zz%");
        assert!(url_decode("%ff").unwrap_err().is(Code::Decode));
    }
}
