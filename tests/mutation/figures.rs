//! Counting, showing and comparing.

#![allow(clippy::print_stdout, reason = "figures are to be seen")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use taskc::diagnostics::Diagnostic;

use super::damage::{Damage, Kind};
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
    complaints: Vec<String>,
}

/// A figure may be worse by so many points, and one that few programs make by more: programs come and go.
const TOLERANCE: f64 = 0.5;

impl Figures {
    fn all(&self) -> [(&'static str, Figure, f64); 10] {
        [
            ("one damage, one message", self.one_message, 95.0),
            ("of two damages both are found", self.both_found, 99.0),
            ("no message more than a line away", self.none_far, 97.0),
            ("the first message within a line", self.first_near, 97.0),
            ("messages of other statements stay", self.others_stay, 98.0),
            ("a prefix has one error, at its end", self.prefixes, 98.0),
            ("the right name comes first", self.right_name, 95.0),
            ("no wrong name comes first", self.no_wrong_name, 98.0),
            ("a safe mend mends", self.safe_mends, 100.0),
            ("a likely mend mends", self.likely_mends, 98.0),
        ]
    }

    /// Remembers what could be better; `SHOW=1` shows it.
    pub(super) fn complain(
        &mut self,
        what: &str,
        kind: Kind,
        path: &Path,
        damage: &Damage,
        found: &[Diagnostic],
    ) {
        let name = path.strip_prefix(repository()).unwrap_or(path).display();
        let mut text = format!("{what} ({kind:?}) {name}\n");
        let (from, to) = damage.lines;
        let near = damage.text.lines().enumerate().skip(from.saturating_sub(1)).take(to - from + 3);
        for (at, line) in near {
            let sign = if (from..=to).contains(&at) { '>' } else { ' ' };
            let _ = writeln!(text, "  {sign} {:3} {line}", at + 1);
        }
        for it in found {
            let line = super::lines(&damage.text, it).0 + 1;
            let _ = writeln!(text, "    {line}: {}: {}", it.code, it.title);
        }
        self.complaints.push(text);
    }

    pub(super) fn show(&self) {
        if std::env::var_os("SHOW").is_some() {
            self.complaints.iter().for_each(|it| println!("{it}"));
        }
        for (name, figure, goal) in self.all() {
            let percent = figure.percent();
            println!("{name:36} {percent:6.1} %  of {:5}  (goal {goal} %)", figure.all);
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
