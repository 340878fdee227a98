//! What is odd about a schedule that says something: read as its writer may not have meant it.
//!
//! [`findings`] looks at the days and times on which it really is due; the words stand in `report::surprises`.

use super::parts::HeaderText;
use crate::check::checker::Checker;
use crate::check::report::surprises::{Place, surprise};
use crate::schedule::{Finding, Instant, Schedule, findings};

impl Checker<'_> {
    /// Says what may surprise about a schedule. What depends on the date is left out where no date is given.
    pub(super) fn lint_schedule(&mut self, text: &HeaderText, schedule: &Schedule) {
        let Schedule::Cron { calendar, .. } = schedule else { return };
        let now = self.world.project.settings.now.map(Instant);
        let found = findings(schedule, now);
        let is_change = |it: &Finding| matches!(it, Finding::ClockChange(_));
        let (changes, others): (Vec<_>, Vec<_>) = found.into_iter().partition(is_change);
        // A nickname is a phrase of its own: nobody wrote the fields that it stands for.
        let is_nickname = text.text.starts_with('@');
        let others = others.into_iter().filter(|_| !is_nickname).map(|it| vec![it]);
        let changes = (!changes.is_empty()).then_some(changes);
        for together in others.chain(changes) {
            let place = |range: &std::ops::Range<usize>| text.written.place(range.clone());
            let place = Place { calendar, text: &place, now };
            self.diagnostics.extend(surprise(&together, place));
        }
    }
}
