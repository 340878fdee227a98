//! `schedule "0 7 * * *" in "Europe/Berlin" from … until … except …`, `schedule every 90m`, `schedule at @…`.

use super::TaskHeaders;
use super::cadenced::Cadenced;
use super::parts::{HeaderText, Parts, Read};
use crate::check::checker::Checker;
use crate::check::report::headers as report;
use crate::check::report::schedules;
use crate::schedule::{Bounds, Cadence, Calendar, Cron, Date, Duration, Instant, Schedule, Zone};
use crate::source::Span;
use crate::syntax::tree::{ExprKind, HeaderPart};

/// What stands in front of the options.
enum When {
    Cron(HeaderText),
    Every(Duration),
    At,
}

/// What may stand behind a schedule, in any order.
#[derive(Default)]
struct Options {
    zone: Option<Zone>,
    /// A zone is named that nobody knows.
    is_zone_wrong: bool,
    from: Option<(Instant, Span)>,
    until: Option<(Instant, Span)>,
    except: Vec<Date>,
}

pub(super) fn schedule<'p>(
    checker: &mut Checker<'p>,
    parts: &mut Parts<'p>,
    headers: &mut TaskHeaders,
) -> Read<()> {
    let schedule = checker.read_schedule(parts)?;
    headers.schedules.0.push(schedule);
    headers.schedule_spans.push(parts.whole());
    Some(())
}

impl<'p> Checker<'p> {
    fn read_schedule(&mut self, parts: &mut Parts<'p>) -> Read<Schedule> {
        let start = parts.end;
        let when = self.read_when(parts)?;
        if let When::At = when {
            return self.header_time(parts, &Zone::utc()).map(Schedule::At);
        }
        let options = self.read_options(parts, &when)?;
        let bounds =
            Bounds { from: options.from.map(|it| it.0), until: options.until.map(|it| it.0) };
        if let (Some((from, _)), Some((until, span))) = (options.from, options.until)
            && until <= from
        {
            self.report(schedules::ends_before_it_begins(span, from));
            return None;
        }
        match when {
            When::Cron(text) => self.cron(&text, options, bounds),
            When::Every(period) => {
                Cadence::new(period, bounds).map(Schedule::Every).or_else(|| {
                    self.report(report::nothing_at_all(start, "schedule every"));
                    None
                })
            }
            When::At => None,
        }
    }

    fn read_when(&mut self, parts: &mut Parts<'p>) -> Read<When> {
        match parts.peek() {
            Some(HeaderPart::Value(value)) if matches!(value.kind, ExprKind::Text(_)) => {
                self.header_text(parts, "a cron expression").map(When::Cron)
            }
            Some(HeaderPart::Value(value)) if matches!(value.kind, ExprKind::Duration(_)) => {
                self.report(schedules::every_missing(value.span));
                None
            }
            Some(HeaderPart::Value(value)) if matches!(value.kind, ExprKind::Error) => {
                self.saw_error();
                None
            }
            Some(HeaderPart::Word(name)) if name.text == "every" => {
                parts.next();
                self.header_duration(parts).map(When::Every)
            }
            Some(HeaderPart::Word(name)) if name.text == "at" => {
                parts.next();
                Some(When::At)
            }
            other => {
                let span = other.map_or(parts.end.after(), super::parts::span);
                self.report(schedules::no_schedule(span));
                None
            }
        }
    }

    fn read_options(&mut self, parts: &mut Parts<'p>, when: &When) -> Read<Options> {
        let mut options = Options::default();
        let is_cron = matches!(when, When::Cron(_));
        let words: &[&str] =
            if is_cron { &["in", "from", "until", "except"] } else { &["from", "until"] };
        while parts.peek().is_some() {
            let word = self.header_word(parts, words)?;
            let zone = options.zone.clone().unwrap_or_else(Zone::utc);
            match word {
                "in" => {
                    options.zone = self.read_zone(parts)?;
                    options.is_zone_wrong = options.zone.is_none();
                }
                "from" => {
                    let at = self.header_time(parts, &zone)?;
                    options.from = Some((at, parts.end));
                }
                "until" => {
                    let at = self.header_time(parts, &zone)?;
                    options.until = Some((at, parts.end));
                }
                _ => {
                    options.except.push(self.header_date(parts)?);
                    while parts.comma() {
                        options.except.push(self.header_date(parts)?);
                    }
                }
            }
        }
        Some(options)
    }

    /// A zone, or nothing where none is called so, which has been said then.
    fn read_zone(&mut self, parts: &mut Parts<'p>) -> Read<Option<Zone>> {
        let text = self.header_text(parts, "a zone such as `\"Europe/Berlin\"`")?;
        match Zone::get(&text.text) {
            Ok(zone) => Some(Some(zone)),
            Err(problem) => {
                let span = text.written.place(0..text.text.len());
                self.report(schedules::unknown_zone(span, &problem));
                Some(None)
            }
        }
    }

    fn cron(&mut self, text: &HeaderText, options: Options, bounds: Bounds) -> Read<Schedule> {
        if let Some(cadence) = Cadenced::read(&text.text) {
            self.report(schedules::cadence_in_quotes(text.written.whole, &cadence));
            return None;
        }
        let zone = options.zone.unwrap_or_else(Zone::utc);
        let now = self.world.project.settings.now.map(Instant);
        match Cron::parse(&text.text) {
            // When it is due depends on the zone that was meant.
            Ok(_) if options.is_zone_wrong => None,
            Ok(cron) => {
                let mut calendar = Calendar::new(cron, zone);
                calendar.except.extend(options.except);
                let schedule = Schedule::Cron { calendar: Box::new(calendar), bounds };
                if schedule.is_ever_due() {
                    self.lint_schedule(text, &schedule);
                } else {
                    self.report(schedules::nothing_left(text.written.whole));
                }
                Some(schedule)
            }
            Err(errors) => {
                for error in &errors {
                    let place = |range: &std::ops::Range<usize>| text.written.place(range.clone());
                    self.report(schedules::cron(error, &text.text, &place, &zone, now));
                }
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine, library, project};

    #[test]
    fn schedules_of_all_forms() {
        fine(
            "schedule \"0 7 * * mon-fri\" in \"Europe/Berlin\" from @2026-01-01 until @2027-01-01T00:00:00Z except @2026-12-25, @2026-12-26\nschedule every 1h30m from @2026-01-01T00:00:30Z\nschedule at @2026-03-29T09:00[Europe/Berlin]\nprint(1)",
        );
        finds("schedule\nprint(1)", &["unknown-name at `schedule`"]);
        finds("schedule 5m\nprint(1)", &["bad-header at `5m`"]);
        finds("schedule \"0 7 * * *\" on \"UTC\"\nprint(1)", &["bad-header at `on`"]);
        finds("schedule every 5m in \"UTC\"\nprint(1)", &["bad-header at `in`"]);
    }

    #[test]
    fn mistakes_are_shown_at_their_field() {
        finds("schedule \"0 24 * * *\"\nprint(1)", &["cron-range at `24`"]);
        finds("schedule \"0 22-2 * * *\"\nprint(1)", &["cron-backwards at `22-2`"]);
        finds("schedule \"0 0 30 2 *\"\nprint(1)", &["cron-never at `30`"]);
        finds("schedule \"0 7 ? * mon\"\nprint(1)", &["cron-foreign at `?`"]);
        finds("schedule \"0 7 * * foo\"\nprint(1)", &["bad-cron at `foo`"]);
        finds("schedule \"0 0 7 * * *\"\nprint(1)", &["cron-fields at `0`"]);
        finds(
            "schedule \"0 7 * * *\" in \"Europe/Pragu\"\nprint(1)",
            &["unknown-zone at `Europe/Pragu`"],
        );
        finds("schedule \"0 7 * * *\" in \"CET\"\nprint(1)", &["unknown-zone at `CET`"]);
        finds(
            "schedule \"0 7 * * *\" from @2027-01-01 until @2026-01-01\nprint(1)",
            &["cron-never at `@2026-01-01`"],
        );
    }

    #[test]
    fn an_unknown_zone_does_not_hide_what_is_wrong_beside_it() {
        finds(
            "schedule \"0 24 * * *\" in \"Europe/Pragu\"\nprint(1)",
            &["cron-range at `24`", "unknown-zone at `Europe/Pragu`"],
        );
    }

    #[test]
    fn cadences_of_others_are_told_as_a_whole() {
        finds("schedule \"rate(5 minutes)\"\nprint(1)", &["cron-foreign at `\"rate(5 minutes)\"`"]);
        finds("schedule \"@every 1h30m\"\nprint(1)", &["cron-foreign at `\"@every 1h30m\"`"]);
        finds("schedule \"@every 1.5h\"\nprint(1)", &["cron-foreign at `@every 1.5h`"]);
    }

    #[test]
    fn what_may_not_be_meant() {
        finds("schedule \"0 9 13 * 5\"\nprint(1)", &["cron-either-day at `13 * 5`"]);
        fine("schedule \"0 9 13 * +5\"\nprint(1)");
        finds("schedule \"*/45 * * * *\"\nprint(1)", &["cron-uneven at `*/45`"]);
        finds("schedule \"* 9 * * *\"\nprint(1)", &["cron-every-minute at `*`"]);
        finds("schedule \"0 0 31 * *\"\nprint(1)", &["skips-months at `31`"]);
        fine("schedule \"0 0 L * *\"\nschedule \"*/15 * * * *\"\nschedule \"* * * * *\"\nprint(1)");
        finds("schedule \"0 0 * * 7\"\nprint(1)", &["sunday-seven at `7`"]);
    }

    /// The titles of what is found in November 2026.
    fn titles(text: &str) -> Vec<String> {
        let mut project = project(&[("main", text)]);
        project.settings.now = Some(1_795_161_600_000_000);
        let checked = crate::check::check(&project, library());
        checked.diagnostics.into_iter().map(|it| it.title).collect()
    }

    #[test]
    fn numbers_are_computed() {
        assert_eq!(
            titles("schedule \"0 9 13 * 5\"\nprint(1)"),
            ["either day will do: 64 days in 2027"]
        );
        assert_eq!(
            titles("schedule \"*/45 * * * *\"\nprint(1)"),
            ["runs at :00 and :45, gaps of 45 and 15 minutes"]
        );
        assert_eq!(
            titles("schedule \"30 2 * * *\" in \"Europe/Prague\"\nprint(1)"),
            ["on 28 March 2027 02:30 does not exist"]
        );
        assert_eq!(
            titles("schedule \"0 0 30 2 *\"\nprint(1)"),
            ["this never runs: February has no day 30"]
        );
    }
}
