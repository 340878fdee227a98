//! How much a project wants to hear: the `[lints]` of its settings.
//!
//! Only warnings and hints can be turned up, down or off. An error stays one: what comes after the check relies on it.

use std::collections::BTreeMap;

use super::catalogue::{ROWS, row};
use super::suggest::{self, Candidate};
use super::{Diagnostic, Severity};

/// What a finding counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// It is not shown.
    Allow,
    /// Worth knowing.
    Hint,
    /// Probably not what was meant.
    Warning,
    /// The program is refused.
    Error,
}

impl Level {
    /// Reads the word that settings use.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        let all = [Self::Allow, Self::Hint, Self::Warning, Self::Error];
        all.into_iter().find(|it| it.word() == word)
    }

    /// The word that settings use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity that findings then have; nothing where they are not shown.
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Allow => None,
            Self::Hint => Some(Severity::Hint),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// The levels that a project has chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    chosen: BTreeMap<&'static str, Level>,
}

/// Why a level cannot be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No code is called that; these are near.
    UnknownCode(Vec<&'static str>),
    /// The code stands for an error, which is always one.
    AlwaysError,
}

impl Levels {
    /// Chooses the level of a code.
    pub fn choose(&mut self, code: &str, level: Level) -> Result<(), Refusal> {
        let Some(row) = row(code) else {
            let names = ROWS.iter().filter(|it| it.severity != Severity::Error);
            let candidates = names.map(|it| Candidate::new(it.code));
            return Err(Refusal::UnknownCode(suggest::nearest(code, candidates)));
        };
        if row.severity == Severity::Error {
            return Err(Refusal::AlwaysError);
        }
        self.chosen.insert(row.code, level);
        Ok(())
    }

    /// What was chosen.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Level)> {
        self.chosen.iter().map(|(code, level)| (*code, *level))
    }

    /// The findings as the project wants to hear them.
    #[must_use]
    pub fn apply(&self, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        findings.into_iter().filter_map(|it| self.apply_to(it)).collect()
    }

    fn apply_to(&self, mut finding: Diagnostic) -> Option<Diagnostic> {
        if let Some(level) = self.chosen.get(finding.code) {
            finding.severity = level.severity()?;
        }
        Some(finding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn warnings_can_be_turned_up_and_off() {
        let findings = || {
            ["query-in-loop", "unused-name", "unknown-name", "sunday-seven"]
                .map(|code| Diagnostic::new(code, Span::default(), "title"))
                .to_vec()
        };
        let mut levels = Levels::default();
        assert_eq!(levels.apply(findings()), findings());
        levels.choose("query-in-loop", Level::Error).unwrap();
        levels.choose("unused-name", Level::Allow).unwrap();
        let heard = levels.apply(findings());
        let heard: Vec<_> = heard.iter().map(|it| (it.code, it.severity)).collect();
        assert_eq!(
            heard,
            [
                ("query-in-loop", Severity::Error),
                ("unknown-name", Severity::Error),
                ("sunday-seven", Severity::Hint)
            ]
        );
    }

    #[test]
    fn errors_stay_errors_and_unknown_codes_are_answered() {
        let mut levels = Levels::default();
        assert_eq!(levels.choose("unknown-name", Level::Allow), Err(Refusal::AlwaysError));
        assert_eq!(
            levels.choose("unused-names", Level::Allow),
            Err(Refusal::UnknownCode(vec!["unused-name"]))
        );
        assert_eq!(levels, Levels::default());
    }

    #[test]
    fn levels_are_read_by_their_words() {
        assert_eq!(Level::read("hint"), Some(Level::Hint));
        assert_eq!(Level::read("off"), None);
    }
}
