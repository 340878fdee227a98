//! Numbers of JSON text.

use super::super::{Value, parse_decimal};

/// Where a number is wrong, and what should stand there.
type Wrong = (usize, &'static str);

/// Reads the number at `start`, and where it ends.
pub(super) fn read(text: &str, start: usize) -> Result<(Value, usize), Wrong> {
    let bytes = text.as_bytes();
    let digits_from = start + usize::from(bytes.get(start) == Some(&b'-'));
    let whole_end = whole_digits(bytes, digits_from)?;
    let (end, is_whole) = rest_of(bytes, whole_end)?;
    let number = &text[start..end];
    let value = if is_whole { number.parse().ok().map(Value::Int) } else { None };
    let value = value.or_else(|| exact(number)).or_else(|| float(number));
    Ok((value.ok_or((start, "expected a number that a float can hold"))?, end))
}

fn whole_digits(bytes: &[u8], from: usize) -> Result<usize, Wrong> {
    // A zero stands alone.
    if bytes.get(from) == Some(&b'0') { Ok(from + 1) } else { digits(bytes, from) }
}

/// At least one digit.
fn digits(bytes: &[u8], from: usize) -> Result<usize, Wrong> {
    let count = bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    if count == 0 { Err((from, "expected a digit")) } else { Ok(from + count) }
}

/// The end behind fraction and exponent, and whether there are none.
fn rest_of(bytes: &[u8], whole_end: usize) -> Result<(usize, bool), Wrong> {
    let mut end = whole_end;
    if bytes.get(end) == Some(&b'.') {
        end = digits(bytes, end + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        end = digits(bytes, end + 1 + sign)?;
    }
    Ok((end, end == whole_end))
}

/// The number as a decimal, if that can hold all of its digits.
fn exact(number: &str) -> Option<Value> {
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (number, 0),
    };
    let mut decimal = parse_decimal(mantissa)?;
    let scale = i32::try_from(decimal.scale()).ok()?.checked_sub(exponent)?;
    if let Ok(scale) = u32::try_from(scale) {
        decimal.set_scale(scale).ok()?;
    } else {
        decimal.set_scale(0).ok()?;
        let power = 10_i64.checked_pow(scale.unsigned_abs())?;
        decimal = decimal.checked_mul(power.into())?;
    }
    Some(Value::Decimal(decimal.into()))
}

fn float(number: &str) -> Option<Value> {
    number.parse::<f64>().ok().filter(|it| it.is_finite()).map(Value::Float)
}
