//! Did you mean? Finds the names that a wrong one is near to, or stands for in another language.
//!
//! A wrong offer is worse than none: whoever is told a wrong name stops reading messages. So the ways of being near
//! are tried from the surest to the least sure, the first one that finds anything answers, and at most three names
//! are given. Foreign words and signs that the parser meets are in [`foreign`], names of functions, methods and types
//! in [`synonyms`]. This module knows words, never what they stand for.

pub mod foreign;
pub mod synonyms;
pub mod words;

use std::cmp::Reverse;

/// No more names than these are offered.
const OFFERED_MAX: usize = 3;

/// A name that exists, and how well what it stands for would fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The name.
    pub name: &'a str,
    /// Decides between equally near names; more is better. Callers add up what fits: type, scope, arity.
    pub weight: u8,
}

impl<'a> Candidate<'a> {
    /// A name of which nothing more is known.
    #[must_use]
    pub fn new(name: &'a str) -> Self {
        Self { name, weight: 0 }
    }

    /// The same name with a weight.
    #[must_use]
    pub fn weighing(name: &'a str, weight: u8) -> Self {
        Self { name, weight }
    }
}

/// The names that were probably meant by `wrong`, best first; none when none is clearly near.
#[must_use]
pub fn nearest<'a>(
    wrong: &str,
    candidates: impl IntoIterator<Item = Candidate<'a>>,
) -> Vec<&'a str> {
    let wrong = Wrong::new(wrong);
    let mut ranked: Vec<_> = candidates
        .into_iter()
        .filter(|it| it.name != wrong.name)
        .filter_map(|it| Some((wrong.nearness(it.name)?, it)))
        .collect();
    ranked.sort_by_key(|(near, it)| {
        (*near, Reverse(it.weight), Reverse(common_prefix(wrong.name, it.name)), it.name)
    });
    ranked.dedup_by_key(|(_, it)| it.name);
    let Some((best, _)) = ranked.first().copied() else { return Vec::new() };
    let as_near = ranked.into_iter().take_while(|(near, _)| *near == best);
    as_near.map(|(_, it)| it.name).take(OFFERED_MAX).collect()
}

/// The one name to put in place of `wrong` without asking: nearest, without a rival, and at most one letter away.
#[must_use]
pub fn certain<'a>(
    wrong: &str,
    candidates: impl IntoIterator<Item = Candidate<'a>>,
) -> Option<&'a str> {
    match *nearest(wrong, candidates) {
        [only] if is_sure(Wrong::new(wrong).nearness(only)?) => Some(only),
        _ => None,
    }
}

/// How two names are near; smaller is nearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    /// `customerEmail` and `customer_email`
    SameWords,
    /// So many letters added, left out, changed, or swapped with their neighbours.
    Letters(usize),
    /// `late_orders` and `orders_late`
    OtherOrder,
    /// `len` and `count`; the number is the place among the things that the foreign word may mean.
    Synonym(usize),
}

fn is_sure(nearness: Nearness) -> bool {
    matches!(nearness, Nearness::SameWords | Nearness::Letters(1))
}

/// A wrong name, taken apart once for all candidates.
struct Wrong<'a> {
    name: &'a str,
    lower: String,
    words: Vec<String>,
    synonyms: &'static [&'static str],
}

impl<'a> Wrong<'a> {
    fn new(name: &'a str) -> Self {
        Self { name, lower: name.to_lowercase(), words: words(name), synonyms: synonyms::of(name) }
    }

    fn nearness(&self, name: &str) -> Option<Nearness> {
        let words = words(name);
        if self.words.concat() == words.concat() {
            return Some(Nearness::SameWords);
        }
        if let Some(letters) = near_by_letters(&self.lower, &name.to_lowercase()) {
            return Some(Nearness::Letters(letters));
        }
        if words.len() > 1 && sorted(&self.words) == sorted(&words) {
            return Some(Nearness::OtherOrder);
        }
        self.synonyms.iter().position(|ours| *ours == name).map(Nearness::Synonym)
    }
}

/// A third of the letters may differ, at least one; and more must stay than change, so that of two letters none may,
/// but for the two being swapped.
fn near_by_letters(wrong: &str, name: &str) -> Option<usize> {
    let (length, other_length) = (wrong.chars().count(), name.chars().count());
    let allowed = (length / 3).max(1);
    if length.abs_diff(other_length) > allowed {
        return None;
    }
    let letters = strsim::osa_distance(wrong, name);
    let swapped = length == 2 && wrong.chars().rev().eq(name.chars());
    let much_stays = letters * 2 < length.max(other_length);
    (letters <= allowed && (much_stays || swapped)).then_some(letters)
}

/// The lower-case words of a name in any of the usual styles.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_small) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        after_small = c.is_lowercase() || c.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn sorted(words: &[String]) -> Vec<&String> {
    let mut words: Vec<_> = words.iter().collect();
    words.sort();
    words
}

fn common_prefix(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(wrong: &str, names: &[&'static str]) -> Vec<&'static str> {
        nearest(wrong, names.iter().map(|name| Candidate::new(name)))
    }

    #[test]
    fn style_and_case_are_no_difference() {
        let names = ["customer_email", "customer_name"];
        for wrong in
            ["customerEmail", "CustomerEmail", "CUSTOMER_EMAIL", "customer-email", "customeremail"]
        {
            assert_eq!(near(wrong, &names), ["customer_email"], "{wrong}");
        }
    }

    #[test]
    fn a_third_of_the_letters_may_differ() {
        assert_eq!(near("Oder", &["Order", "Odour", "Customer"]), ["Order"]);
        assert_eq!(near("custmers", &["customers", "custom"]), ["customers"]);
        assert_eq!(near("sned", &["send", "sent"]), ["send"], "swapped letters are one step");
        assert!(near("total", &["count", "name"]).is_empty());
        assert!(near("cust", &["customers"]).is_empty());
    }

    #[test]
    fn short_names_are_not_near_just_because_they_are_short() {
        assert!(near("x", &["y", "z"]).is_empty());
        assert!(near("id", &["is", "in", "it"]).is_empty());
        assert_eq!(near("di", &["id", "da"]), ["id"]);
        assert_eq!(near("urk", &["url"]), ["url"]);
    }

    #[test]
    fn words_in_another_order() {
        assert_eq!(near("late_orders", &["orders_late", "orders"]), ["orders_late"]);
        assert_eq!(near("endOf", &["of_end", "start"]), ["of_end"]);
    }

    #[test]
    fn words_of_other_languages() {
        assert_eq!(near("len", &["count", "sum"]), ["count"]);
        assert_eq!(near("len", &["upper", "length"]), ["length"]);
        assert_eq!(near("push_back", &["push", "pop"]), ["push"]);
        assert_eq!(near("toUpperCase", &["upper", "lower"]), ["upper"]);
        assert_eq!(near("string", &["text", "int"]), ["text"]);
        assert_eq!(near("println", &["print"]), ["print"]);
        assert!(near("len", &["sum"]).is_empty(), "only what exists is offered");
    }

    #[test]
    fn weight_decides_between_equally_near_names_only() {
        let candidates = |price| {
            [
                Candidate::weighing("prime", 0),
                Candidate::weighing("price", price),
                Candidate::weighing("total", 9),
            ]
        };
        assert_eq!(nearest("prise", candidates(1)), ["price", "prime"]);
        let tie = [Candidate::weighing("rate", 0), Candidate::weighing("date", 5)];
        assert_eq!(nearest("late", tie), ["date", "rate"]);
    }

    #[test]
    fn at_most_three_and_always_in_the_same_order() {
        let names = ["col_a", "col_b", "col_c", "col_d", "col_e"];
        assert_eq!(near("col_x", &names), ["col_a", "col_b", "col_c"]);
        let mut backwards = names;
        backwards.reverse();
        assert_eq!(near("col_x", &backwards), ["col_a", "col_b", "col_c"]);
    }

    #[test]
    fn certain_is_one_letter_and_no_rival() {
        let of = |wrong, names: &[&'static str]| {
            certain(wrong, names.iter().map(|it| Candidate::new(it)))
        };
        assert_eq!(of("custmers", &["customers", "orders"]), Some("customers"));
        assert_eq!(of("custmrs", &["customers"]), None, "two letters");
        assert_eq!(of("late", &["rate", "date"]), None, "two rivals");
        assert_eq!(of("len", &["count"]), None, "another word may mean another thing");
    }

    /// Names as they stand together in one project: a task's variables, columns, and what the library offers.
    const NAMES: &str = "customer customers orders order_total status email name active joined placed_at since \
        mailed subject digest report rates currency invoice quantity price discount cursor batch count first \
        last upper lower trim split replace contains starts_with length filter reduce sort group_by round floor \
        format weekday minute insert update delete send sleep";

    /// One slip of the finger in a name of four letters or more: the name must be offered first nearly always, and
    /// another one in its place hardly ever.
    #[test]
    fn slips_of_the_finger_are_understood() {
        let names: Vec<_> = NAMES.split_whitespace().collect();
        let (mut slips, mut right, mut wrong) = (0, 0, 0);
        for name in names.iter().filter(|name| name.len() >= 4) {
            for slip in slips_of(name).iter().filter(|slip| !names.contains(&slip.as_str())) {
                slips += 1;
                match nearest(slip, names.iter().map(|it| Candidate::new(it))).first() {
                    Some(first) if first == name => right += 1,
                    Some(_) => wrong += 1,
                    None => {}
                }
            }
        }
        assert!(slips > 1_000);
        assert!(right * 100 >= slips * 95, "{right} of {slips} understood");
        assert!(wrong * 100 <= slips * 2, "{wrong} of {slips} misunderstood");
    }

    /// Every name with a letter left out, doubled, swapped with the next, or hit beside.
    fn slips_of(name: &str) -> Vec<String> {
        const BESIDE: &str = "qwertyuiopasdfghjklzxcvbnm";
        let mut slips = Vec::new();
        for at in 0..name.len() {
            let (before, letter, after) = (&name[..at], &name[at..=at], &name[at + 1..]);
            slips.push(format!("{before}{after}"));
            slips.push(format!("{before}{letter}{letter}{after}"));
            if let Some(next) = after.chars().next().filter(|next| !letter.starts_with(*next)) {
                slips.push(format!("{before}{next}{letter}{}", &after[1..]));
            }
            let key = BESIDE.find(letter).unwrap_or_default();
            for hit in
                [key.saturating_sub(1), (key + 1).min(BESIDE.len() - 1), (key + 10) % BESIDE.len()]
            {
                slips.push(format!("{before}{}{after}", &BESIDE[hit..=hit]));
            }
        }
        slips.retain(|slip| slip != name);
        slips
    }
}
