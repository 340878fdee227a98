//! Counting, showing and comparing.

#![allow(clippy::print_stdout, reason = "figures are to be seen")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use taskc::diagnostics::Diagnostic;

use super::damage::Damage;
use crate::support::repository;

/// How often something held.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figure {
    held: usize,
    all: usize,
}

impl Figure {
    pub(super) fn count(&mut self, held: bool) {
        self.held += usize::from(held);
        self.all += 1;
    }

    fn percent(self) -> f64 {
        if self.all == 0 { 100.0 } else { 100.0 * self.held as f64 / self.all as f64 }
    }
}

/// All figures, in the order of the goals.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) one_message: Figure,
    pub(super) both_found: Figure,
    pub(super) none_far: Figure,
    pub(super) first_near: Figure,
    pub(super) others_stay: Figure,
    pub(super) prefixes: Figure,
    pub(super) right_name: Figure,
    pub(super) no_wrong_name: Figure,
    pub(super) safe_mends: Figure,
    pub(super) likely_mends: Figure,
    misses: Vec<Miss>,
}

/// A damage of which too much, too little or the wrong thing is said.
#[derive(Debug)]
struct Miss {
    /// The name of the figure that it counts against.
    figure: &'static str,
    /// What it has in common with others: how the program was damaged, and the codes of what is said.
    sort: String,
    /// The damaged line and the first that is said.
    example: String,
    /// The place with its neighbours and all that is said.
    place: String,
}

/// A figure may be worse by so many points, and one that few programs make by more: programs come and go.
const TOLERANCE: f64 = 0.5;

/// How many sorts of misses are shown of each figure.
const SORTS_SHOWN: usize = 8;

pub(super) const ONE_MESSAGE: &str = "one damage, one message";
pub(super) const BOTH_FOUND: &str = "of two damages both are found";
pub(super) const NONE_FAR: &str = "no message more than a line away";
pub(super) const FIRST_NEAR: &str = "the first message within a line";
pub(super) const OTHERS_STAY: &str = "messages of other statements stay";
pub(super) const PREFIXES: &str = "a prefix has one error, at its end";
pub(super) const RIGHT_NAME: &str = "the right name comes first";
pub(super) const NO_WRONG_NAME: &str = "no wrong name comes first";
pub(super) const SAFE_MENDS: &str = "a safe mend mends";
pub(super) const LIKELY_MENDS: &str = "a likely mend mends";

impl Figures {
    fn all(&self) -> [(&'static str, Figure, f64); 10] {
        [
            (ONE_MESSAGE, self.one_message, 95.0),
            (BOTH_FOUND, self.both_found, 99.0),
            (NONE_FAR, self.none_far, 97.0),
            (FIRST_NEAR, self.first_near, 97.0),
            (OTHERS_STAY, self.others_stay, 98.0),
            (PREFIXES, self.prefixes, 98.0),
            (RIGHT_NAME, self.right_name, 95.0),
            (NO_WRONG_NAME, self.no_wrong_name, 98.0),
            (SAFE_MENDS, self.safe_mends, 100.0),
            (LIKELY_MENDS, self.likely_mends, 98.0),
        ]
    }

    /// Remembers what could be better, under the figure that it counts against.
    pub(super) fn miss(
        &mut self,
        figure: &'static str,
        kind: &str,
        path: &Path,
        damage: &Damage,
        found: &[Diagnostic],
    ) {
        let name = path.strip_prefix(repository()).unwrap_or(path).display();
        let mut place = format!("{name}\n");
        let (from, to) = damage.lines;
        let near = damage.text.lines().enumerate().skip(from.saturating_sub(1)).take(to - from + 3);
        for (at, line) in near {
            let sign = if (from..=to).contains(&at) { '>' } else { ' ' };
            let _ = writeln!(place, "  {sign} {:3} {line}", at + 1);
        }
        for it in found {
            let line = super::lines(&damage.text, it).0 + 1;
            let _ = writeln!(place, "    {line}: {}: {}", it.code, it.title);
        }
        let codes: Vec<&str> = found.iter().map(|it| it.code).collect();
        let line = damage.text.lines().nth(from).unwrap_or_default().trim();
        let said = found.first().map_or("nothing is said", |it| &it.title);
        self.misses.push(Miss {
            figure,
            sort: format!("{kind}: {}", codes.join(" + ")),
            example: format!("{line}\n      {said}"),
            place,
        });
    }

    pub(super) fn show(&self) {
        if std::env::var_os("SHOW").is_some() {
            for it in &self.misses {
                println!("{} ({}) {}", it.figure, it.sort, it.place);
            }
        }
        for (name, figure, goal) in self.all() {
            let percent = figure.percent();
            println!("{name:36} {percent:6.1} %  of {:5}  (goal {goal} %)", figure.all);
            self.show_misses(name);
        }
    }

    /// The sorts of misses that one figure has most of, each with an example.
    fn show_misses(&self, figure: &str) {
        let mut sorts: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
        for it in self.misses.iter().filter(|it| it.figure == figure) {
            sorts.entry(&it.sort).or_insert((0, &it.example)).0 += 1;
        }
        let mut sorts: Vec<_> = sorts.into_iter().collect();
        sorts.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        for (sort, (count, example)) in sorts.into_iter().take(SORTS_SHOWN) {
            println!("  {count:4} × {sort}\n      {example}");
        }
    }

    /// No figure is worse than it was; better ones are written down where that is asked for.
    pub(super) fn compare(&self) {
        let path = repository().join("tests/mutation/budgets.txt");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let known: BTreeMap<&str, f64> = text
            .lines()
            .filter_map(|line| line.rsplit_once(' '))
            .filter_map(|(name, percent)| Some((name.trim(), percent.parse().ok()?)))
            .collect();
        let mut now = String::new();
        let mut worse = String::new();
        for (name, figure, _) in self.all() {
            let percent = (figure.percent() * 10.0).round() / 10.0;
            let before = known.get(name).copied().unwrap_or(0.0);
            let _ = writeln!(now, "{name:36} {:.1}", percent.max(before));
            let tolerance = TOLERANCE + 200.0 / figure.all.max(1) as f64;
            if percent < before - tolerance {
                let _ = writeln!(worse, "{name}: {percent:.1} %, was {before:.1} %");
            }
        }
        assert!(worse.is_empty(), "SHOW=1 shows where:\n{worse}");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, now).unwrap();
        }
    }
}
