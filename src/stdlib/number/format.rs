//! Numbers in patterns: `#,##0.00 €`.

use rust_decimal::{Decimal as Wide, RoundingStrategy};

use super::nearest_decimal;
use crate::value::Fault;

/// The most digits that a pattern may ask for on either side of the point.
const DIGITS_MAX: usize = 100;

/// Writes an exact number.
pub(in crate::stdlib) fn exact(number: Wide, pattern: &str, locale: &str) -> Result<String, Fault> {
    let (pattern, signs) = (Pattern::parse(pattern)?, Signs::of(locale)?);
    let number = if pattern.is_percent() {
        number
            .checked_mul(Wide::ONE_HUNDRED)
            .ok_or_else(|| Fault::overflow(format_args!("{number} in percent")))?
    } else {
        number
    };
    let places = u32::try_from(pattern.fraction_max).unwrap_or(28).min(28);
    let rounded = number.round_dp_with_strategy(places, RoundingStrategy::MidpointNearestEven);
    Ok(pattern.write(&rounded.to_string(), &signs))
}

/// Writes a float; one that is no number, or infinite, as it prints.
pub(in crate::stdlib) fn float(number: f64, pattern: &str, locale: &str) -> Result<String, Fault> {
    if let Some(decimal) = nearest_decimal(number) {
        return exact(decimal, pattern, locale);
    }
    let (pattern, signs) = (Pattern::parse(pattern)?, Signs::of(locale)?);
    let number = if pattern.is_percent() { number * 100.0 } else { number };
    if number.is_finite() {
        return Ok(pattern.write(&format!("{number:.0}"), &signs));
    }
    let mut printed = String::new();
    crate::value::write_float(&mut printed, number).map_err(|_| Fault::argument("no number"))?;
    Ok(format!("{}{printed}{}", pattern.before, pattern.after))
}

/// A pattern taken apart.
struct Pattern<'p> {
    before: &'p str,
    after: &'p str,
    whole_min: usize,
    fraction_min: usize,
    fraction_max: usize,
    /// The sizes of the last group of whole digits and of those before it; 0 for no groups.
    groups: (usize, usize),
}

impl<'p> Pattern<'p> {
    fn parse(pattern: &'p str) -> Result<Self, Fault> {
        let wrong = |what: &str| Fault::argument(format!("the pattern `{pattern}` {what}"));
        let is_digit = |c| c == '#' || c == '0';
        let start = pattern.find(is_digit).ok_or_else(|| wrong("has no `0` or `#`"))?;
        // A point that only has digits behind it: `.00`.
        let start = if pattern[..start].ends_with('.') { start - 1 } else { start };
        let digits = &pattern[start..];
        let end = digits.find(|c| !is_digit(c) && c != ',' && c != '.').unwrap_or(digits.len());
        let digits = digits[..end].trim_end_matches([',', '.']);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if fraction.contains([',', '.']) || whole.contains("0#") || fraction.contains("#0") {
            return Err(wrong("has digits in an order that numbers cannot have"));
        }
        let zeros = |part: &str| part.matches('0').count();
        let it = Self {
            before: &pattern[..start],
            after: &pattern[start + digits.len()..],
            whole_min: zeros(whole),
            fraction_min: zeros(fraction),
            fraction_max: fraction.len(),
            groups: groups(whole),
        };
        if it.whole_min.max(it.fraction_max) > DIGITS_MAX {
            return Err(wrong("asks for too many digits"));
        }
        Ok(it)
    }

    fn is_percent(&self) -> bool {
        self.before.contains('%') || self.after.contains('%')
    }

    /// Puts a rounded number, as digits with a point, into the pattern.
    fn write(&self, number: &str, signs: &Signs) -> String {
        let (minus, digits) = match number.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", number),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let is_zero = whole.is_empty() && fraction.is_empty();
        let mut out = String::from(if is_zero { "" } else { minus });
        out.push_str(self.before);
        // Something stands before the point unless the pattern says that nothing need.
        let nothing_else = self.fraction_min == 0 && fraction.is_empty();
        let whole_min = if nothing_else { self.whole_min.max(1) } else { self.whole_min };
        self.write_whole(&mut out, whole, whole_min, signs);
        if self.fraction_min > 0 || !fraction.is_empty() {
            out.push(signs.point);
            out.push_str(fraction);
            let missing = self.fraction_min.saturating_sub(fraction.len());
            out.extend(std::iter::repeat_n('0', missing));
        }
        out.push_str(self.after);
        out
    }

    fn write_whole(&self, out: &mut String, whole: &str, whole_min: usize, signs: &Signs) {
        let missing = whole_min.saturating_sub(whole.len());
        let count = missing + whole.len();
        let digits = std::iter::repeat_n('0', missing).chain(whole.chars());
        for (at, digit) in digits.enumerate() {
            if at > 0 && self.ends_group(count - at) {
                out.push_str(signs.group);
            }
            out.push(digit);
        }
    }

    /// Whether a group ends where so many digits are left.
    fn ends_group(&self, left: usize) -> bool {
        let (last, others) = self.groups;
        last > 0 && (left == last || (left > last && (left - last).is_multiple_of(others)))
    }
}

/// `#,##0` has groups of three, `#,##,##0` one of three and then of two.
fn groups(whole: &str) -> (usize, usize) {
    let mut parts = whole.rsplit(',').map(str::len);
    let last = parts.next().unwrap_or(0);
    let before = parts.next();
    // The first part of a pattern says nothing about the size of its group.
    let others = if parts.next().is_some() { before.unwrap_or(last) } else { last };
    if before.is_some() && last > 0 && others > 0 { (last, others) } else { (0, 0) }
}

/// What a language puts between groups and before the fraction.
struct Signs {
    group: &'static str,
    point: char,
}

const LANGUAGES: &[(&str, &str, char)] = &[
    (
        "en ja zh ko th he hi bn ta te ur ms fil sw cy ga es-mx es-us es-gt es-hn es-ni es-pa es-pr",
        ",",
        '.',
    ),
    ("de es it nl pt da el tr id hr sl sr bs mk ro is vi ca gl eu fa", ".", ','),
    ("fr", "\u{202f}", ','),
    (
        "cs sk pl ru uk be bg hu fi sv nb nn no et lv lt kk hy ka pt-pt de-at fr-ca es-cr af",
        "\u{a0}",
        ',',
    ),
    ("de-ch de-li it-ch rm fr-ch", "’", '.'),
];

impl Signs {
    /// The signs of a language: `de`, `de-CH`, `de_CH`.
    fn of(locale: &str) -> Result<Self, Fault> {
        let tag = locale.to_ascii_lowercase().replace('_', "-");
        let language = tag.split('-').next().unwrap_or_default();
        let find = |wanted: &str| {
            LANGUAGES.iter().find(|(tags, ..)| tags.split(' ').any(|it| it == wanted))
        };
        match find(&tag).or_else(|| find(language)) {
            Some((_, group, point)) => Ok(Self { group, point: *point }),
            None => Err(Fault::argument(format!(
                "no language is called `{locale}`; write `en`, `de`, `fr`, …"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Code, parse_decimal};

    fn shown(number: &str, pattern: &str, locale: &str) -> String {
        exact(parse_decimal(number).unwrap(), pattern, locale).unwrap()
    }

    #[test]
    fn patterns_shape_numbers() {
        for (number, pattern, result) in [
            ("1234.5", "#,##0.00", "1,234.50"),
            ("0", "#,##0.00", "0.00"),
            ("-0.001", "0.00", "0.00"),
            ("-1234567.891", "#,##0.0#", "-1,234,567.89"),
            ("1234567", "#", "1234567"),
            ("0", "#", "0"),
            ("0.5", "#.##", ".5"),
            ("0.5", "0.##", "0.5"),
            ("3", "0.##", "3"),
            ("7", "000", "007"),
            ("1234", "0,000,000", "0,001,234"),
            ("123456789", "#,##,##0", "12,34,56,789"),
            ("0.256", "0.0%", "25.6%"),
            ("5", "€ #,##0.00", "€ 5.00"),
            ("-5", "€0", "-€5"),
            ("0.125", "0.00", "0.12"),
            ("0.5", ".00", ".50"),
            ("12", "No. 0.", "No. 12."),
        ] {
            assert_eq!(shown(number, pattern, "en"), result, "{number} {pattern}");
        }
    }

    #[test]
    fn languages_have_their_signs() {
        for (locale, result) in [
            ("en", "1,234,567.50"),
            ("en-GB", "1,234,567.50"),
            ("de", "1.234.567,50"),
            ("de_CH", "1’234’567.50"),
            ("fr-FR", "1\u{202f}234\u{202f}567,50"),
            ("pl", "1\u{a0}234\u{a0}567,50"),
        ] {
            assert_eq!(shown("1234567.5", "#,##0.00", locale), result, "{locale}");
        }
        let fault = exact(Wide::ONE, "0", "xx").unwrap_err();
        assert!(fault.is(Code::Argument) && fault.message.contains("`xx`"));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for pattern in ["", "abc", "0#", "#0.#0", "0.0.0", &"0".repeat(101)] {
            assert!(exact(Wide::ONE, pattern, "en").unwrap_err().is(Code::Argument), "{pattern}");
        }
        assert!(exact(Wide::MAX, "0%", "en").unwrap_err().is(Code::Overflow));
    }

    #[test]
    fn floats_of_any_size_are_shown() {
        assert_eq!(float(0.1, "0.000", "en").unwrap(), "0.100");
        assert_eq!(
            float(1e30, "#,##0", "en").unwrap(),
            "1,000,000,000,000,000,019,884,624,838,656"
        );
        assert_eq!(float(1e-300, "0.00", "en").unwrap(), "0.00");
        assert_eq!(float(f64::NAN, "0 m", "en").unwrap(), "NaN m");
    }
}
