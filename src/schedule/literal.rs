//! Instants and dates as text: `2026-03-29T02:30:00Z`, `2026-03-29T09:00[Europe/Berlin]`, `2026-03-29`.
//!
//! Seconds and their fraction may be left out. With an offset *and* a zone the two must agree; that is how to
//! say which pass of an overlap is meant while keeping the zone in sight.

use std::ops::Range;

use super::time::{Civil, Date, Instant};
use super::zone::{Reading, UnknownZone, Zone};

/// What a literal stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Literal {
    /// With a time of day: an instant.
    Time(Instant),
    /// A day alone.
    Date(Date),
}

/// What is wrong with a literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiteralError {
    /// The bytes of the text that must change; empty where something is missing.
    pub span: Range<usize>,
    /// What is wrong there.
    pub kind: LiteralErrorKind,
}

/// The kinds of mistake in a literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiteralErrorKind {
    /// Something else stands here than the form demands.
    Expected(Part),
    /// A number that the part cannot have: hour 24, minute 60, month 13.
    OutOfRange(Part),
    /// The month has no such day.
    NoSuchDay {
        /// How many days the month has in that year.
        length: u32,
    },
    /// A time of day without `Z`, offset or zone is no instant.
    NoZone,
    /// The name between the brackets is not a zone's.
    UnknownZone(UnknownZone),
    /// The zone's clock skips this time.
    Gap {
        /// The zone.
        zone: Zone,
        /// The time by the clock as it goes after the gap, and by the clock as it went before it.
        instants: [Instant; 2],
    },
    /// The zone's clock reads this time twice.
    Overlap {
        /// The zone.
        zone: Zone,
        /// The first and the second pass.
        instants: [Instant; 2],
    },
    /// The zone's clock is never so far from UTC when it reads this time.
    WrongOffset {
        /// The zone.
        zone: Zone,
        /// The instants at which it does read this time.
        instants: Vec<Instant>,
    },
}

/// The parts of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Four digits.
    Year,
    /// `-` and two digits.
    Month,
    /// `-` and two digits.
    Day,
    /// `T` and two digits.
    Hour,
    /// `:` and two digits.
    Minute,
    /// `:` and two digits.
    Second,
    /// `.` and one to six digits.
    Fraction,
    /// `Z`, or a sign, two digits, `:` and two digits.
    Offset,
    /// A name in brackets.
    Zone,
    /// Nothing more.
    End,
}

/// Reads an instant or a date, as it stands behind the `@`.
pub fn parse_literal(text: &str) -> Result<Literal, LiteralError> {
    let mut scanner = Scanner { text, at: 0 };
    let date = scanner.date()?;
    if !scanner.eat('T') {
        let wants = if scanner.at == text.len() { Part::End } else { Part::Hour };
        return scanner.end(wants).map(|()| Literal::Date(date));
    }
    let (civil, micros) = scanner.time_of_day(date)?;
    let time = Written { civil, micros, span: 0..scanner.at };
    let offset = scanner.offset()?;
    let zone = scanner.zone()?;
    let missing = if offset.is_none() && zone.is_none() { Part::Offset } else { Part::End };
    if missing == Part::Offset && scanner.at == text.len() {
        return Err(LiteralError { span: scanner.at..scanner.at, kind: LiteralErrorKind::NoZone });
    }
    scanner.end(missing)?;
    time.instant(offset, zone).map(Literal::Time)
}

/// Reads an instant.
pub fn parse_instant(text: &str) -> Result<Instant, LiteralError> {
    match parse_literal(text)? {
        Literal::Time(instant) => Ok(instant),
        Literal::Date(_) => {
            let kind = LiteralErrorKind::Expected(Part::Hour);
            Err(LiteralError { span: text.len()..text.len(), kind })
        }
    }
}

/// Reads a date.
pub fn parse_date(text: &str) -> Result<Date, LiteralError> {
    let mut scanner = Scanner { text, at: 0 };
    let date = scanner.date()?;
    scanner.end(Part::End).map(|()| date)
}

/// A reading that waits for its offset.
struct Written {
    civil: Civil,
    micros: i64,
    span: Range<usize>,
}

impl Written {
    fn instant(&self, offset: Option<i64>, zone: Option<Zone>) -> Result<Instant, LiteralError> {
        match (offset, zone) {
            (None, None) => Ok(self.at(0)),
            (Some(offset), None) => Ok(self.at(offset)),
            (None, Some(zone)) => self.in_zone(zone),
            (Some(offset), Some(zone)) => {
                let instant = self.at(offset);
                if zone.offset_seconds(instant) == offset {
                    return Ok(instant);
                }
                let instants = match zone.reading(self.civil) {
                    Reading::Once(at) => vec![at],
                    Reading::Twice { first, second } => vec![first, second],
                    Reading::Never { .. } => vec![],
                };
                let instants = instants.into_iter().map(|it| self.with_fraction(it)).collect();
                Err(self.error(LiteralErrorKind::WrongOffset { zone, instants }))
            }
        }
    }

    fn in_zone(&self, zone: Zone) -> Result<Instant, LiteralError> {
        match zone.reading(self.civil) {
            Reading::Once(at) => Ok(self.with_fraction(at)),
            Reading::Twice { first, second } => {
                let instants = [first, second].map(|it| self.with_fraction(it));
                Err(self.error(LiteralErrorKind::Overlap { zone, instants }))
            }
            Reading::Never { by_old_clock, by_new_clock, .. } => {
                let instants = [by_new_clock, by_old_clock].map(|it| self.with_fraction(it));
                Err(self.error(LiteralErrorKind::Gap { zone, instants }))
            }
        }
    }

    fn at(&self, offset: i64) -> Instant {
        self.with_fraction(Instant::from_seconds(self.civil.0 - offset))
    }

    fn with_fraction(&self, at: Instant) -> Instant {
        Instant(at.0 + self.micros)
    }

    fn error(&self, kind: LiteralErrorKind) -> LiteralError {
        LiteralError { span: self.span.clone(), kind }
    }
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl Scanner<'_> {
    fn date(&mut self) -> Result<Date, LiteralError> {
        let year = self.number(4, Part::Year)?;
        self.sign('-', Part::Month)?;
        let month = self.number_in(1..=12, Part::Month)?;
        self.sign('-', Part::Day)?;
        let start = self.at;
        let day = self.number_in(1..=31, Part::Day)?;
        let year = i32::try_from(year).unwrap_or(0);
        Date::new(year, month, day).ok_or_else(|| {
            let length = Date::new(year, month, 1).map_or(31, Date::month_length);
            LiteralError { span: start..self.at, kind: LiteralErrorKind::NoSuchDay { length } }
        })
    }

    /// The reading of the clock and the microseconds beyond its second.
    fn time_of_day(&mut self, date: Date) -> Result<(Civil, i64), LiteralError> {
        let hour = self.number_in(0..=23, Part::Hour)?;
        self.sign(':', Part::Minute)?;
        let minute = self.number_in(0..=59, Part::Minute)?;
        let mut second = 0;
        let mut micros = 0;
        if self.eat(':') {
            second = self.number_in(0..=59, Part::Second)?;
            if self.eat('.') {
                micros = self.fraction()?;
            }
        }
        Ok((Civil(date.at(hour, minute).0 + i64::from(second)), micros))
    }

    fn fraction(&mut self) -> Result<i64, LiteralError> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if !(1..=6).contains(&digits) {
            let kind = LiteralErrorKind::Expected(Part::Fraction);
            return Err(LiteralError { span: self.at..self.at + digits, kind });
        }
        let scale = (digits..6).fold(1, |scale, _| scale * 10);
        Ok(i64::from(self.number(digits, Part::Fraction)?) * scale)
    }

    /// Seconds to the east of UTC.
    fn offset(&mut self) -> Result<Option<i64>, LiteralError> {
        if self.eat('Z') {
            return Ok(Some(0));
        }
        let sign = match self.rest().chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => return Ok(None),
        };
        self.at += 1;
        let hours = self.number_in(0..=23, Part::Offset)?;
        self.sign(':', Part::Offset)?;
        let minutes = self.number_in(0..=59, Part::Offset)?;
        Ok(Some(sign * i64::from(hours * 3_600 + minutes * 60)))
    }

    fn zone(&mut self) -> Result<Option<Zone>, LiteralError> {
        if !self.eat('[') {
            return Ok(None);
        }
        let start = self.at;
        let Some(length) = self.rest().find(']') else {
            let end = self.text.len();
            return Err(LiteralError {
                span: end..end,
                kind: LiteralErrorKind::Expected(Part::Zone),
            });
        };
        self.at += length + 1;
        let unknown = |it| LiteralError {
            span: start..start + length,
            kind: LiteralErrorKind::UnknownZone(it),
        };
        Zone::get(&self.text[start..start + length]).map(Some).map_err(unknown)
    }

    fn number_in(
        &mut self,
        range: std::ops::RangeInclusive<u32>,
        part: Part,
    ) -> Result<u32, LiteralError> {
        let start = self.at;
        let number = self.number(2, part)?;
        if range.contains(&number) {
            return Ok(number);
        }
        Err(LiteralError { span: start..self.at, kind: LiteralErrorKind::OutOfRange(part) })
    }

    fn number(&mut self, digits: usize, part: Part) -> Result<u32, LiteralError> {
        let text = self.rest().get(..digits).filter(|it| it.bytes().all(|it| it.is_ascii_digit()));
        let number = text.and_then(|it| it.parse().ok()).ok_or_else(|| self.expected(part))?;
        self.at += digits;
        Ok(number)
    }

    fn sign(&mut self, sign: char, part: Part) -> Result<(), LiteralError> {
        if self.eat(sign) { Ok(()) } else { Err(self.expected(part)) }
    }

    fn end(&self, wants: Part) -> Result<(), LiteralError> {
        if self.at == self.text.len() { Ok(()) } else { Err(self.expected(wants)) }
    }

    fn eat(&mut self, sign: char) -> bool {
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len_utf8() } else { 0 };
        found
    }

    fn expected(&self, part: Part) -> LiteralError {
        LiteralError { span: self.at..self.text.len(), kind: LiteralErrorKind::Expected(part) }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse_literal(text) {
            Ok(Literal::Time(time)) => time.to_string(),
            Ok(Literal::Date(date)) => date.to_string(),
            Err(error) => panic!("{text}: {error:?}"),
        }
    }

    fn error(text: &str) -> (&str, LiteralErrorKind) {
        let error = parse_literal(text).expect_err(text);
        (&text[error.span], error.kind)
    }

    fn instants(texts: [&str; 2]) -> [Instant; 2] {
        texts.map(|it| parse_instant(it).unwrap())
    }

    #[test]
    fn instants_and_dates() {
        assert_eq!(shown("2026-03-29"), "2026-03-29");
        assert_eq!(shown("2026-03-29T02:30:00Z"), "2026-03-29T02:30:00Z");
        assert_eq!(shown("2026-03-29T02:30:00+02:00"), "2026-03-29T00:30:00Z");
        assert_eq!(shown("2026-03-29T02:30-05:30"), "2026-03-29T08:00:00Z");
        assert_eq!(shown("2026-03-29T09:00[Europe/Berlin]"), "2026-03-29T07:00:00Z");
        assert_eq!(shown("2026-10-25T02:30+01:00[Europe/Berlin]"), "2026-10-25T01:30:00Z");
        assert_eq!(shown("1969-12-31T23:59:59.25Z"), "1969-12-31T23:59:59.25Z");
    }

    #[test]
    fn a_time_that_the_clock_skips_or_repeats_shows_both_instants() {
        let zone = Zone::get("Europe/Berlin").unwrap();
        let both = instants(["2026-03-29T00:30Z", "2026-03-29T01:30Z"]);
        let gap = LiteralErrorKind::Gap { zone: zone.clone(), instants: both };
        assert_eq!(error("2026-03-29T02:30[Europe/Berlin]"), ("2026-03-29T02:30", gap));
        let both = instants(["2026-10-25T00:30:00.5Z", "2026-10-25T01:30:00.5Z"]);
        let overlap = LiteralErrorKind::Overlap { zone, instants: both };
        assert_eq!(error("2026-10-25T02:30:00.5[Europe/Berlin]").1, overlap);
    }

    #[test]
    fn an_offset_and_a_zone_must_agree() {
        let wrong = |text: &str| match error(text).1 {
            LiteralErrorKind::WrongOffset { instants, .. } => instants.len(),
            other => panic!("{other:?}"),
        };
        assert_eq!(wrong("2026-07-01T09:00+01:00[Europe/Berlin]"), 1);
        assert_eq!(wrong("2026-10-25T02:30+03:00[Europe/Berlin]"), 2);
        assert_eq!(wrong("2026-03-29T02:30+01:00[Europe/Berlin]"), 0);
    }

    #[test]
    fn mistakes_say_what_belongs_there() {
        use LiteralErrorKind::{Expected, NoSuchDay, NoZone, OutOfRange};
        assert_eq!(error("2026-3-29"), ("3-29", Expected(Part::Month)));
        assert_eq!(error("26-03-29"), ("26-03-29", Expected(Part::Year)));
        assert_eq!(error("2026-13-01"), ("13", OutOfRange(Part::Month)));
        assert_eq!(error("2027-02-29"), ("29", NoSuchDay { length: 28 }));
        assert_eq!(error("2026-03-29T24:00Z"), ("24", OutOfRange(Part::Hour)));
        assert_eq!(error("2026-03-29T09"), ("", Expected(Part::Minute)));
        assert_eq!(error("2026-03-29T09:00"), ("", NoZone));
        assert_eq!(error("2026-03-29T09:00 "), (" ", Expected(Part::Offset)));
        assert_eq!(error("2026-03-29 09:00Z"), (" 09:00Z", Expected(Part::Hour)));
        assert_eq!(error("2026-03-29T09:00Zulu"), ("ulu", Expected(Part::End)));
        assert_eq!(error("2026-03-29T09:00+2"), ("2", Expected(Part::Offset)));
        assert_eq!(error("2026-03-29T09:00:00.1234567Z").1, Expected(Part::Fraction));
        assert_eq!(error("2026-03-29T09:00[Europe/Berlin"), ("", Expected(Part::Zone)));
        assert_eq!(error("2026-03-29T09:00[Europe/Pragu]").0, "Europe/Pragu");
        assert_eq!(error("éé"), ("éé", Expected(Part::Year)));
        assert_eq!(error(""), ("", Expected(Part::Year)));
    }

    #[test]
    fn no_text_does_harm() {
        let whole = "2026-10-25T02:30:00.5+01:00[Europe/Berlin]";
        for end in 0..whole.len() {
            let _ = parse_literal(&whole[..end]);
            let _ = parse_literal(&format!("{}é{}", &whole[..end], &whole[end..]));
        }
        assert_eq!(parse_date("2026-03-29").map(|it| it.to_string()), Ok("2026-03-29".into()));
        assert!(parse_date("2026-03-29T00:00Z").is_err() && parse_instant("2026-03-29").is_err());
    }
}
