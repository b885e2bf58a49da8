-- One row for each state; its number is never given twice: who writes to one that is gone,
-- overtaken by a reset, writes nowhere. Numbers and versions are random: a file that is put back, or
-- made anew, has none that somebody has seen, and so nobody takes what he has seen for what is there.
CREATE TABLE states (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL                -- of its cached collections
);

CREATE TABLE records (
    position INTEGER PRIMARY KEY,              -- the order in which the keys came
    state INTEGER NOT NULL REFERENCES states (id) ON DELETE CASCADE,
    collection TEXT NOT NULL,
    key BLOB NOT NULL,
    until REAL,                             -- NULL: always; 0: free; -1: free since it passed
    value TEXT NOT NULL,
    UNIQUE (state, collection, key)
);

CREATE INDEX leaving ON records (state, collection, until, position) WHERE until IS NOT NULL;

CREATE TABLE collections (
    state INTEGER NOT NULL REFERENCES states (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    free INTEGER NOT NULL DEFAULT 0,        -- records that need not stay
    trimmed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (state, name)
) WITHOUT ROWID;

CREATE TRIGGER came AFTER INSERT ON records BEGIN
    INSERT INTO collections (state, name, version, free)
    VALUES (NEW.state, NEW.collection, random(), coalesce(NEW.until <= 0, 0))
    ON CONFLICT DO UPDATE SET version = random(), free = free + excluded.free;
END;

CREATE TRIGGER changed AFTER UPDATE ON records BEGIN
    UPDATE collections
    SET version = random(),
        free = free + coalesce(NEW.until <= 0, 0) - coalesce(OLD.until <= 0, 0)
    WHERE state = NEW.state AND name = NEW.collection;
END;

CREATE TRIGGER went AFTER DELETE ON records BEGIN
    UPDATE collections SET version = random(), free = free - coalesce(OLD.until <= 0, 0)
    WHERE state = OLD.state AND name = OLD.collection;
END;

CREATE TABLE checks (id INTEGER PRIMARY KEY, number INTEGER NOT NULL);
