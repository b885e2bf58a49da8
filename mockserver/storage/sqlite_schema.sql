-- One row for each state. Its number is random and never given twice: a request that is overtaken by
-- a reset writes to a state that is gone, and so nowhere. Versions are random, too: after a file was
-- put back from a copy, or created again, no process can take an old version for the current one.
CREATE TABLE states (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,               -- of its cached collections
    used REAL NOT NULL                      -- Unix seconds of the last use
);

CREATE INDEX by_use ON states (used);

CREATE TABLE records (
    position INTEGER PRIMARY KEY,              -- the order in which the keys came
    state INTEGER NOT NULL REFERENCES states (id) ON DELETE CASCADE,
    collection TEXT NOT NULL,
    key BLOB NOT NULL,
    until REAL,                             -- NULL: keep; 0: removable; -1: expired
    value TEXT NOT NULL,
    UNIQUE (state, collection, key)
);

CREATE INDEX removable ON records (state, collection, until, position) WHERE until IS NOT NULL;

CREATE TABLE collections (
    state INTEGER NOT NULL REFERENCES states (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    free INTEGER NOT NULL DEFAULT 0,        -- removable records
    trimmed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (state, name)
) WITHOUT ROWID;

CREATE TRIGGER record_added AFTER INSERT ON records BEGIN
    INSERT INTO collections (state, name, version, free)
    VALUES (NEW.state, NEW.collection, random(), coalesce(NEW.until <= 0, 0))
    ON CONFLICT DO UPDATE SET version = random(), free = free + excluded.free;
END;

CREATE TRIGGER record_changed AFTER UPDATE ON records BEGIN
    UPDATE collections
    SET version = random(),
        free = free + coalesce(NEW.until <= 0, 0) - coalesce(OLD.until <= 0, 0)
    WHERE state = NEW.state AND name = NEW.collection;
END;

CREATE TRIGGER record_removed AFTER DELETE ON records BEGIN
    UPDATE collections SET version = random(), free = free - coalesce(OLD.until <= 0, 0)
    WHERE state = OLD.state AND name = OLD.collection;
END;

CREATE TABLE checks (id INTEGER PRIMARY KEY, number INTEGER NOT NULL);
