//! The closed lists of words that stand in rows, as people read them.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

/// Declares an enum whose variants are words.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What a word stands for.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let word = value.as_str()?;
                Self::parse(word).ok_or_else(|| {
                    FromSqlError::Other(format!(concat!("`{}` is not a ", stringify!($name)), word).into())
                })
            }
        }
    };
}

words! {
    /// What became of a due time.
    Decision {
        /// It has a run.
        Ran = "ran",
        /// The policies or a pause left it out.
        Skipped = "skipped",
        /// It waits for its turn.
        Queued = "queued",
        /// Nothing served when it was due.
        Missed = "missed",
        /// It could not start in time.
        Expired = "expired",
        /// It was taken out of the queue.
        Cancelled = "cancelled",
    }
}

words! {
    /// Why there is an occurrence.
    Trigger {
        /// Its schedule said so.
        Schedule = "schedule",
        /// Somebody asked for it.
        Manual = "manual",
        /// It makes up for due times at which nothing served.
        Missed = "missed",
    }
}

words! {
    /// How it is with a run.
    RunState {
        /// An attempt is running.
        Running = "running",
        /// An attempt failed, and the next one has its time.
        Retrying = "retrying",
        /// It sleeps, and nothing of it is in memory.
        Sleeping = "sleeping",
        /// Nobody knows whether a call that must not be made twice was made; a person says how it goes on.
        InDoubt = "in-doubt",
        /// It cannot be replayed; a person says what becomes of it.
        Held = "held",
        /// It went well.
        Succeeded = "succeeded",
        /// The last attempt failed.
        Failed = "failed",
        /// Somebody, or a later occurrence, stopped it.
        Cancelled = "cancelled",
        /// The server went down while it was running.
        Interrupted = "interrupted",
    }
}

words! {
    /// Whether a task is there.
    Presence {
        /// Its due times are looked after.
        Serving = "serving",
        /// Its file has errors, and no version from before is at hand: its due times are missed.
        Refused = "refused",
        /// Its file is gone: it has no due times.
        Removed = "removed",
    }
}

words! {
    /// How an attempt ended.
    EndState {
        /// Well.
        Succeeded = "succeeded",
        /// With an error.
        Failed = "failed",
        /// Somebody, or a later occurrence, stopped it.
        Cancelled = "cancelled",
        /// The server went down.
        Interrupted = "interrupted",
    }
}

words! {
    /// What a person says of a run that cannot go on by itself.
    Settlement {
        /// The call is made again.
        Retry = "retry",
        /// The call counts as made.
        Accept = "accept",
        /// The call counts as failed.
        Fail = "fail",
    }
}

words! {
    /// What kind of line a run wrote.
    Level {
        /// `print`
        Output = "output",
        /// `log.debug`
        Debug = "debug",
        /// `log.info`
        Info = "info",
        /// `log.warn`
        Warn = "warn",
        /// `log.error`
        Error = "error",
    }
}

impl From<EndState> for RunState {
    fn from(end: EndState) -> Self {
        match end {
            EndState::Succeeded => Self::Succeeded,
            EndState::Failed => Self::Failed,
            EndState::Cancelled => Self::Cancelled,
            EndState::Interrupted => Self::Interrupted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for &decision in Decision::ALL {
            assert_eq!(Decision::parse(decision.as_str()), Some(decision));
        }
        for &state in RunState::ALL {
            assert_eq!(RunState::parse(state.as_str()), Some(state));
        }
        assert_eq!(Decision::parse("Ran"), None);
    }
}
