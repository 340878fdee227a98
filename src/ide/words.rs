//! What headers are for: the lines that hover and completion show.

/// A header.
pub(super) struct HeaderWord {
    /// Its first word.
    pub(super) word: &'static str,
    /// Its forms.
    pub(super) form: &'static str,
    /// What it is for, in a sentence or two.
    pub(super) docs: &'static str,
    /// What completion writes: `${1:…}` are places to fill in.
    pub(super) snippet: &'static str,
    /// The words that may follow first.
    pub(super) values: &'static [&'static str],
}

/// All headers, in the order in which they are looked up in the reference.
pub(super) const HEADERS: &[HeaderWord] = &[
    HeaderWord {
        word: "schedule",
        form: "schedule \"CRON\" in \"ZONE\" · schedule every DURATION · schedule at TIME",
        docs: "When the task is due. Five fields: minute, hour, day of month, month, day of week; UTC where no zone is named. A task may have several.",
        snippet: "schedule \"${1:0 7 * * *}\" in \"${2:Europe/Berlin}\"",
        values: &["every", "at"],
    },
    HeaderWord {
        word: "description",
        form: "description \"TEXT\"",
        docs: "What lists of tasks say about it.",
        snippet: "description \"${1}\"",
        values: &[],
    },
    HeaderWord {
        word: "tags",
        form: "tags \"A\", \"B\"",
        docs: "Words to find the task by.",
        snippet: "tags \"${1}\"",
        values: &[],
    },
    HeaderWord {
        word: "active",
        form: "active false",
        docs: "With `false` the task is known and checked, but never due; it can still be run by hand.",
        snippet: "active false",
        values: &["false", "true"],
    },
    HeaderWord {
        word: "overlap",
        form: "overlap skip | queue N | replace | allow N",
        docs: "What becomes of a due time while a run is still running: recorded as skipped (the default), up to N wait, the old run is cancelled, or up to N run at once.",
        snippet: "overlap ${1|skip,queue 1,replace,allow 2|}",
        values: &["skip", "queue", "replace", "allow"],
    },
    HeaderWord {
        word: "missed",
        form: "missed none | once | all N within DURATION",
        docs: "What becomes of due times at which nothing served: forgotten, one run for the latest (the default), or one run for each of the newest N.",
        snippet: "missed ${1|once,none,all 10|}",
        values: &["once", "none", "all"],
    },
    HeaderWord {
        word: "expire",
        form: "expire DURATION",
        docs: "A run that could not start by then is recorded as expired.",
        snippet: "expire ${1:1h}",
        values: &[],
    },
    HeaderWord {
        word: "timeout",
        form: "timeout DURATION",
        docs: "How long an attempt may take before it is stopped and counts as failed. The default is `1h`.",
        snippet: "timeout ${1:10m}",
        values: &[],
    },
    HeaderWord {
        word: "retry",
        form: "retry N every DURATION · retry N backoff DURATION to DURATION",
        docs: "How often a failed run is tried again, and after what pause.",
        snippet: "retry ${1:3} backoff ${2:30s} to ${3:10m}",
        values: &[],
    },
    HeaderWord {
        word: "jitter",
        form: "jitter DURATION",
        docs: "Starts up to that much later than due, by an amount that stays the same for a task and a due time.",
        snippet: "jitter ${1:1m}",
        values: &[],
    },
    HeaderWord {
        word: "history",
        form: "history N runs | DURATION | off",
        docs: "What is kept of past runs. The default is `1000 runs`.",
        snippet: "history ${1:1000} runs",
        values: &["off"],
    },
    HeaderWord {
        word: "trace",
        form: "trace off | N | all",
        docs: "How many of a run's calls are recorded with their time and arguments, the last ones: `taskc logs RUN --trace` shows them. The default is 100.",
        snippet: "trace ${1|all,off|}",
        values: &["all", "off"],
    },
    HeaderWord {
        word: "source",
        form: "source NAME",
        docs: "The source of this task's tables and SQL where they name none. The default is `main`.",
        snippet: "source ${1:main}",
        values: &[],
    },
    HeaderWord {
        word: "allow",
        form: "allow http \"HOST\" · allow files \"PATH\" · allow mail \"ADDRESS\"",
        docs: "Targets that are only known when the task runs. `*` stands for any text. What is written in the source as a literal needs none; a call to anything else fails with `not-allowed`.",
        snippet: "allow ${1|http,files,mail|} \"${2}\"",
        values: &["http", "files", "mail"],
    },
    HeaderWord {
        word: "memory",
        form: "memory SIZE",
        docs: "How much a run may hold. The default is `256MB`.",
        snippet: "memory ${1:256MB}",
        values: &[],
    },
    HeaderWord {
        word: "steps",
        form: "steps N",
        docs: "How many steps a run may take.",
        snippet: "steps ${1:10e9}",
        values: &[],
    },
    HeaderWord {
        word: "priority",
        form: "priority high | normal | low",
        docs: "Who goes first when workers are short.",
        snippet: "priority ${1|high,normal,low|}",
        values: &["high", "normal", "low"],
    },
    HeaderWord {
        word: "concurrency",
        form: "concurrency \"GROUP\" N",
        docs: "At most N runs of the group at once, whatever task they belong to.",
        snippet: "concurrency \"${1:group}\" ${2:1}",
        values: &[],
    },
    HeaderWord {
        word: "durable",
        form: "durable off",
        docs: "Nothing is journalled: after a crash the task starts over as a new attempt.",
        snippet: "durable off",
        values: &["off"],
    },
    HeaderWord {
        word: "on",
        form: "on failure { … }",
        docs: "Statements that run when the last attempt has failed; `error` and `run` are in scope.",
        snippet: "on failure {\n  ${0}\n}",
        values: &["failure"],
    },
];

/// What is known of a header.
pub(super) fn header(word: &str) -> Option<&'static HeaderWord> {
    HEADERS.iter().find(|it| it.word == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_has_its_words() {
        let mut known: Vec<&str> = HEADERS.iter().map(|it| it.word).collect();
        known.sort_unstable();
        assert_eq!(known, crate::syntax::HEADER_WORDS);
    }
}
