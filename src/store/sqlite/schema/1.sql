-- Times are microseconds since 1970-01-01T00:00:00Z.

-- One row: until when the server served every registered task.
CREATE TABLE server (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    heartbeat_us INTEGER NOT NULL
) STRICT;

CREATE TABLE tasks (
    task            TEXT PRIMARY KEY,
    program         BLOB NOT NULL,
    served_until_us INTEGER NOT NULL,
    previous_us     INTEGER,
    paused          INTEGER NOT NULL DEFAULT 0,
    presence        TEXT NOT NULL DEFAULT 'serving'
) STRICT, WITHOUT ROWID;

CREATE TABLE kept (
    task  TEXT NOT NULL,
    name  TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (task, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE programs (
    hash  BLOB PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE occurrences (
    task          TEXT NOT NULL,
    due_us        INTEGER NOT NULL,
    trigger       TEXT NOT NULL,
    decision      TEXT NOT NULL,
    reason        TEXT,
    run           INTEGER,
    not_before_us INTEGER NOT NULL,
    missed        INTEGER NOT NULL,
    decided_us    INTEGER NOT NULL,
    PRIMARY KEY (task, due_us)
) STRICT, WITHOUT ROWID;

CREATE INDEX occurrences_by_due ON occurrences (due_us);
CREATE INDEX occurrences_queued ON occurrences (due_us) WHERE decision = 'queued';
CREATE UNIQUE INDEX occurrences_by_run ON occurrences (run) WHERE run IS NOT NULL;

-- AUTOINCREMENT remembers the greatest number, also when its run is forgotten.
CREATE TABLE runs (
    run             INTEGER PRIMARY KEY AUTOINCREMENT,
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
    error           TEXT
) STRICT;

CREATE INDEX runs_open ON runs (run) WHERE ended_us IS NULL;

CREATE TABLE attempts (
    run        INTEGER NOT NULL,
    attempt    INTEGER NOT NULL,
    started_us INTEGER NOT NULL,
    ended_us   INTEGER,
    end_state  TEXT,
    error      TEXT,
    PRIMARY KEY (run, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE lines (
    run    INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    at_us  INTEGER NOT NULL,
    level  TEXT NOT NULL,
    text   TEXT NOT NULL,
    fields TEXT,
    PRIMARY KEY (run, n)
) STRICT, WITHOUT ROWID;
