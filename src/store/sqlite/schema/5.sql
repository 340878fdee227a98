-- A run takes two rows, its occurrence and its own. The attempt that it is in, or that it ended with, stands in its own row: `attempts` has
-- those that others followed, and one after which it ended while it waited for the next.
CREATE TABLE runs_5 (
    run             INTEGER PRIMARY KEY,
    task            TEXT NOT NULL,
    due_us          INTEGER NOT NULL,
    trigger         TEXT NOT NULL,
    state           TEXT NOT NULL,
    attempt         INTEGER NOT NULL,
    missed          INTEGER NOT NULL,
    program         BLOB NOT NULL,
    started_us      INTEGER NOT NULL,
    ended_us        INTEGER,
    next_attempt_us INTEGER,
    error           TEXT,
    terms           BLOB NOT NULL,
    used_us         INTEGER NOT NULL DEFAULT 0,
    doubt           TEXT,
    attempt_us      INTEGER NOT NULL
) STRICT;
INSERT INTO runs_5
    SELECT run, task, due_us, trigger, state, attempt, missed, program, started_us, ended_us, next_attempt_us, error, terms, used_us, doubt,
        ifnull((SELECT a.started_us FROM attempts a WHERE a.run = r.run AND a.attempt = r.attempt), started_us)
    FROM runs r;
DELETE FROM attempts WHERE EXISTS (
    SELECT 1 FROM runs r WHERE r.run = attempts.run AND r.attempt = attempts.attempt AND r.state <> 'retrying' AND r.ended_us IS attempts.ended_us
);

-- The greatest number of the runs that were forgotten: numbers are never used again.
ALTER TABLE identity ADD COLUMN last_run INTEGER NOT NULL DEFAULT 0;
UPDATE identity SET last_run = ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'runs'), 0);

DROP TABLE runs;
ALTER TABLE runs_5 RENAME TO runs;
CREATE INDEX runs_open ON runs (run) WHERE ended_us IS NULL;

-- Nobody looks for occurrences by their runs.
DROP INDEX occurrences_by_run;
