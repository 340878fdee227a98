//! Which word is read by which function, and what holds for all of them.

use super::limits;
use super::parts::Parts;
use super::{Overlap, TaskHeaders};
use crate::check::checker::Checker;
use crate::check::report::headers as report;
use crate::check::report::schedules;
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::source::Span;
use crate::syntax::tree::{Header, Item};

/// Whether a header is called so.
pub(in crate::check) fn is_header(name: &str) -> bool {
    WORDS.iter().any(|it| it.name == name)
}

/// A header's word, whether a task may say it more than once, and what reads it.
struct Word {
    name: &'static str,
    may_repeat: bool,
    read:
        for<'c, 'p, 'h> fn(&'c mut Checker<'p>, &mut Parts<'p>, &'h mut TaskHeaders) -> Option<()>,
}

const fn once(word: &'static str, read: ReadFn) -> Word {
    Word { name: word, may_repeat: false, read }
}

const fn often(word: &'static str, read: ReadFn) -> Word {
    Word { name: word, may_repeat: true, read }
}

type ReadFn =
    for<'c, 'p, 'h> fn(&'c mut Checker<'p>, &mut Parts<'p>, &'h mut TaskHeaders) -> Option<()>;

/// Every word, in alphabetical order.
const WORDS: &[Word] = &[
    once("active", limits::active),
    often("allow", limits::allow),
    once("concurrency", limits::concurrency),
    once("description", limits::description),
    once("durable", limits::durable),
    once("expire", limits::expire),
    once("history", limits::history),
    once("jitter", limits::jitter),
    once("memory", limits::memory),
    once("missed", limits::missed),
    once("on", limits::on_failure),
    once("overlap", limits::overlap),
    once("priority", limits::priority),
    once("retry", limits::retry),
    often("schedule", super::schedule::schedule),
    once("source", limits::source),
    once("steps", limits::steps),
    once("tags", limits::tags),
    once("timeout", limits::timeout),
    once("trace", limits::trace),
];

impl<'p> Checker<'p> {
    /// Reads the headers of the file.
    pub(in crate::check) fn read_headers(&mut self) -> TaskHeaders {
        let headers = self.items.iter().filter_map(|item| match item {
            Item::Header(header) => Some(header),
            Item::Use(_)
            | Item::Const(_)
            | Item::Type(_)
            | Item::Table(_)
            | Item::Fn(_)
            | Item::Test(_)
            | Item::Keep(_)
            | Item::Stmt(_) => None,
        });
        let mut read = TaskHeaders { description: self.docs.clone(), ..TaskHeaders::default() };
        let (mut seen, mut set): (Vec<&'p Header>, Vec<&'p Header>) = (Vec::new(), Vec::new());
        for header in headers {
            let is_set = self.read_header(header, &set, &mut read).is_some();
            set.extend(is_set.then_some(header));
            seen.push(header);
        }
        self.lint_headers(&seen, &read);
        read
    }

    /// Reads a header; nothing where it says nothing that could be read. `set` are those before it that did.
    fn read_header(
        &mut self,
        header: &'p Header,
        set: &[&'p Header],
        read: &mut TaskHeaders,
    ) -> Option<()> {
        let Some(word) = WORDS.iter().find(|it| it.name == header.word.text) else {
            let near = nearest(&header.word.text, WORDS.iter().map(|it| Candidate::new(it.name)));
            self.report(report::unknown_header(header, &near));
            return None;
        };
        if let Some(first) = set.iter().find(|it| it.word.text == header.word.text)
            && !word.may_repeat
        {
            self.report(report::duplicate_header(header, first.span));
            return None;
        }
        let mut parts = Parts::new(header);
        (word.read)(self, &mut parts, read)?;
        if let Some(rest) = parts.rest() {
            self.report(report::too_much(rest, word.name));
        }
        Some(())
    }

    /// What is odd about headers taken together.
    fn lint_headers(&mut self, seen: &[&'p Header], headers: &TaskHeaders) {
        let stated = |word: &str| seen.iter().find(|it| it.word.text == word).map(|it| it.span);
        self.lint_long_timeout(stated("timeout"), stated("overlap"), headers);
        self.lint_overlap(stated("schedule"), headers);
    }

    /// A task that starts more often than its runs took of late.
    fn lint_overlap(&mut self, schedule: Option<Span>, headers: &TaskHeaders) {
        let project = self.world.project;
        let stem = project.file(self.file).stem();
        let (Some(schedule), Some(taken)) = (schedule, project.settings.run_times.get(stem)) else {
            return;
        };
        if matches!(headers.overlap, Overlap::Allow(_)) {
            return;
        }
        let now = crate::schedule::Instant(project.settings.now.unwrap_or(0));
        if let Some(period) = headers.schedules.period(now).filter(|it| *it < taken.usual) {
            let said = schedules::overlap_likely(schedule, period, *taken, headers.overlap);
            self.report(said);
        }
    }

    /// With a time limit beyond the next due time, due times are skipped: fine if `overlap` says so.
    fn lint_long_timeout(
        &mut self,
        timeout: Option<Span>,
        overlap: Option<Span>,
        headers: &TaskHeaders,
    ) {
        let (Some(timeout), None, Overlap::Skip) = (timeout, overlap, headers.overlap) else {
            return;
        };
        if headers.timeout <= headers.schedules.period_at_least() {
            return;
        }
        let now = crate::schedule::Instant(self.world.project.settings.now.unwrap_or(0));
        if let Some(period) = headers.schedules.period(now)
            && period < headers.timeout
        {
            self.report(report::long_timeout(timeout, headers.timeout, period));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use crate::check::testing::{checked, finds, fine};
    use crate::schedule::Duration;

    #[track_caller]
    fn headers(text: &str) -> TaskHeaders {
        let (_, checked) = checked(&[("main", text)]);
        assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
        (*checked.files[0].headers).clone()
    }

    #[test]
    fn what_is_left_out_has_a_value() {
        assert_eq!(headers("print(1)"), TaskHeaders::default());
    }

    #[test]
    fn every_header_is_read() {
        let read = headers(
            "/// Docs.\nschedule every 90m\ndescription \"D\"\ntags \"a\",\n  \"b\"\nactive false\noverlap queue 3\nmissed all 5 within 2h\nexpire 10m\ntimeout 5m\nretry 3 backoff 30s to 10m\njitter 1m\nhistory 30d\ntrace 500\nsource warehouse\nallow http \"*.example.org\"\nallow files \"in/*\", \"out/*\"\nmemory 64MB\nsteps 10e6\npriority high\nconcurrency \"api\" 2\ndurable off\non failure { print(error.message) }\nprint(1)",
        );
        let minute = Duration::MINUTE;
        assert_eq!(read.description.as_deref(), Some("D"));
        assert_eq!(read.tags, ["a", "b"]);
        assert_eq!(read.schedules.0.len(), 1);
        assert!(!read.active && !read.durable);
        assert_eq!(read.overlap, Overlap::Queue(3));
        assert_eq!(
            read.missed,
            Missed { runs: MissedRuns::All(5), within: Some(minute.times(120)) }
        );
        assert_eq!((read.expire, read.timeout), (Some(minute.times(10)), minute.times(5)));
        let pause = Pause::Backoff(Duration(30_000_000), minute.times(10));
        assert_eq!(read.retry, Retry { times: 3, pause });
        assert_eq!((read.jitter, read.history), (minute, History::For(Duration::DAY.times(30))));
        assert_eq!((read.trace, read.source.as_str()), (Trace::Statements(500), "warehouse"));
        assert_eq!(read.allow.len(), 3);
        assert_eq!((read.memory_bytes, read.steps), (64 << 20, 10_000_000));
        assert_eq!(read.priority, Priority::High);
        assert_eq!(read.concurrency, Some(Group { name: "api".into(), limit: 2 }));
    }

    #[test]
    fn the_first_lines_describe_the_task() {
        assert_eq!(
            headers("/// Sends mails.\ntimeout 5m\nprint(1)").description.as_deref(),
            Some("Sends mails.")
        );
    }

    #[test]
    fn words_that_are_none() {
        finds("shedule \"0 7 * * *\"\nprint(1)", &["unknown-header at `shedule`"]);
        finds("timeout 5m\ntimeout 6m\nprint(1)", &["duplicate-header at `timeout 6m`"]);
        finds("overlap skp\nprint(1)", &["bad-header at `skp`"]);
        finds("source nowhere\nprint(1)", &["unknown-source at `nowhere`"]);
    }

    #[test]
    fn values_that_do_not_fit() {
        finds("timeout \"5m\"\nprint(1)", &["quoted-duration at `\"5m\"`"]);
        finds("timeout 5\nprint(1)", &["bad-header at `5`"]);
        finds("timeout 0s\nprint(1)", &["bad-header at `0s`"]);
        finds("memory 64\nprint(1)", &["bad-header at `64`"]);
        finds("concurrency \"x\" 0\nprint(1)", &["bad-header at `0`"]);
        finds("retry 3 backoff 10m to 30s\nprint(1)", &["bad-header at `30s`"]);
        finds("timeout 5m 6m\nprint(1)", &["bad-header at `6m`"]);
        finds("active 1\nprint(1)", &["bad-header at `1`"]);
        finds("description \"a {1}\"\nprint(1)", &["bad-header at `1`"]);
    }

    #[test]
    fn a_limit_beyond_the_period() {
        finds("schedule every 5m\ntimeout 10m\nprint(1)", &["long-timeout at `timeout 10m`"]);
        fine("schedule every 5m\ntimeout 10m\noverlap skip\nprint(1)");
        fine("schedule every 5m\nprint(1)");
    }
}
