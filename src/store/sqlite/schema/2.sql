-- What tells this store from all others: calls that leave for other machines go by it.
CREATE TABLE identity (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL
) STRICT;
INSERT INTO identity VALUES (1, lower(hex(randomblob(8))));

-- What holds for the run to its end, whatever becomes of its task; how much of its timeout was used up; and the call in doubt.
ALTER TABLE runs ADD COLUMN terms BLOB NOT NULL DEFAULT x'';
ALTER TABLE runs ADD COLUMN used_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN doubt TEXT;

-- What the calls of runs that have not ended gave.
CREATE TABLE journal (
    run     INTEGER NOT NULL,
    n       INTEGER NOT NULL,
    call    TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    mark    BLOB NOT NULL,
    kind    TEXT NOT NULL,
    data    BLOB,
    at_us   INTEGER,
    PRIMARY KEY (run, n)
) STRICT, WITHOUT ROWID;

-- The states of machines that sleep, which the journal can bring back as well.
CREATE TABLE snapshots (
    run   INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;
