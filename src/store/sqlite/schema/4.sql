-- What runs did to the world, with how long it took: the last so many calls of each.
CREATE TABLE steps (
    run     INTEGER NOT NULL,
    n       INTEGER NOT NULL,
    at_us   INTEGER NOT NULL,
    took_us INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    place   TEXT,
    what    TEXT NOT NULL,
    args    TEXT NOT NULL,
    error   TEXT,
    PRIMARY KEY (run, n)
) STRICT, WITHOUT ROWID;
