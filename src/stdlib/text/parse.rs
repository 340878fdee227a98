//! What a text says.

use rust_decimal::Decimal as Wide;

use super::super::calendar;
use super::super::native::{Date, Duration, Time};
use super::super::number;
use crate::value::{self, Fault};

pub(super) fn to_int(t: &str, base: i64) -> Result<Option<i64>, Fault> {
    Ok(i64::from_str_radix(t.trim(), number::base(base)?).ok())
}

pub(super) fn to_decimal(t: &str) -> Option<Wide> {
    value::parse_decimal(t.trim())
}

pub(super) fn to_float(t: &str) -> Option<f64> {
    value::parse_float(t.trim())
}

pub(in crate::stdlib) fn to_bool(t: &str) -> Option<bool> {
    let is_one_of = |words: &[&str]| words.iter().any(|it| it.eq_ignore_ascii_case(t.trim()));
    if is_one_of(&["true", "yes", "on", "1"]) {
        Some(true)
    } else if is_one_of(&["false", "no", "off", "0"]) {
        Some(false)
    } else {
        None
    }
}

pub(super) fn to_date(t: &str, format: Option<&str>) -> Result<Option<Date>, Fault> {
    calendar::read_date(t.trim(), format)
}

pub(super) fn to_time(t: &str, format: Option<&str>, zone: &str) -> Result<Option<Time>, Fault> {
    calendar::read_time(t.trim(), format, zone)
}

pub(super) fn to_duration(t: &str) -> Option<Duration> {
    value::calendar::parse_duration(t).map(Duration)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Code;

    #[test]
    fn numbers_are_read_or_missing() {
        assert_eq!(to_int(" 42 ", 10), Ok(Some(42)));
        assert_eq!(to_int("-ff", 16), Ok(Some(-255)));
        assert_eq!(to_int("9223372036854775808", 10), Ok(None));
        assert_eq!(to_int("", 10), Ok(None));
        assert!(to_int("1", 99).unwrap_err().is(Code::Argument));
        assert_eq!(to_decimal(" 12.50 ").unwrap().to_string(), "12.50");
        assert_eq!(to_decimal("1,5"), None);
        assert_eq!(to_float("2.5e3"), Some(2500.0));
        assert_eq!(to_bool(" YES "), Some(true));
        assert_eq!(to_bool("2"), None);
    }
}
