//! Bytes: data that is not text.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::limits;
use super::native::{Bytes, Native, natives};
use super::text;
use crate::value::{Code, Fault};

pub(super) const NATIVES: &[Native] = natives!("bytes":
    length(b), text(b, encoding) = to_text, base64(b, url_safe), hex(b), slice(b, start, end),
    from_base64(t), from_hex(t),
);

fn length(b: &[u8]) -> Result<i64, Fault> {
    i64::try_from(b.len()).map_err(|_| Fault::overflow(b.len()))
}

fn to_text(b: &[u8], encoding: &str) -> Result<String, Fault> {
    limits::bytes(b.len())?;
    text::decode(b, encoding).map(std::borrow::Cow::into_owned)
}

fn base64(b: &[u8], url_safe: bool) -> Result<String, Fault> {
    limits::bytes(b.len() / 3 * 4)?;
    Ok(if url_safe { URL_SAFE_NO_PAD.encode(b) } else { STANDARD.encode(b) })
}

fn hex(b: &[u8]) -> Result<String, Fault> {
    limits::bytes(b.len() * 2)?;
    Ok(hex::encode(b))
}

fn slice(b: &[u8], start: i64, end: Option<i64>) -> Result<Bytes, Fault> {
    let length = length(b)?;
    let place = |at: i64| if at < 0 { at.saturating_add(length) } else { at };
    let (start, end) = (place(start), place(end.unwrap_or(length)));
    let outside = || {
        let message = format!("there is no part from {start} to {end} in {length} bytes");
        Fault::new(Code::Index, message)
    };
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let part = range.and_then(|(start, end)| b.get(start..end)).ok_or_else(outside)?;
    Ok(Bytes(part.to_vec()))
}

fn from_base64(t: &str) -> Result<Bytes, Fault> {
    let plain: String = t
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    let bytes = STANDARD_NO_PAD.decode(plain.trim_end_matches('='));
    bytes.map(Bytes).map_err(|_| Fault::new(Code::Decode, "this text is not Base64"))
}

fn from_hex(t: &str) -> Result<Bytes, Fault> {
    let bytes = hex::decode(t);
    bytes.map(Bytes).map_err(|_| Fault::new(Code::Decode, "this text is not hexadecimal"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_every_kind_is_read() {
        for text in ["+/8=", "+/8", "-_8", " +/\n8= "] {
            assert_eq!(from_base64(text).unwrap().0, [0xfb, 0xff], "{text}");
        }
        assert_eq!(base64(&[0xfb, 0xff], false).unwrap(), "+/8=");
        assert_eq!(base64(&[0xfb, 0xff], true).unwrap(), "-_8");
        assert!(from_base64("a*").unwrap_err().is(Code::Decode));
        assert!(from_hex("abc").unwrap_err().is(Code::Decode));
        assert_eq!(from_hex("C3a9").unwrap().0, "é".as_bytes());
    }

    #[test]
    fn slices_count_from_both_ends() {
        let b = b"hello";
        assert_eq!(slice(b, 1, Some(3)).unwrap().0, b"el");
        assert_eq!(slice(b, -2, None).unwrap().0, b"lo");
        assert_eq!(slice(b, 5, None).unwrap().0, b"");
        for (start, end) in [(6, None), (3, Some(1)), (-9, None), (0, Some(9)), (i64::MIN, None)] {
            assert!(slice(b, start, end).unwrap_err().is(Code::Index), "{start} {end:?}");
        }
    }
}
