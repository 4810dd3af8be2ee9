-- +goose Up
CREATE TABLE calls (
    call        TEXT PRIMARY KEY,
    switch      TEXT NOT NULL DEFAULT '',
    did         TEXT NOT NULL DEFAULT '',
    queue       TEXT NOT NULL DEFAULT '',
    number      TEXT NOT NULL DEFAULT '',
    name        TEXT NOT NULL DEFAULT '',
    arrived     BIGINT NOT NULL,
    ring1       BIGINT,
    -- The verdict (I6). rule is '' until it is given.
    rule        TEXT NOT NULL DEFAULT '',
    answered    BOOLEAN NOT NULL DEFAULT FALSE,
    answered_at BIGINT,
    agent       TEXT NOT NULL DEFAULT '',
    rings       INTEGER NOT NULL DEFAULT 0,
    waited_ms   BIGINT NOT NULL DEFAULT 0,
    met         BOOLEAN NOT NULL DEFAULT FALSE,
    short       BOOLEAN NOT NULL DEFAULT FALSE,
    -- The end.
    ended       BIGINT,
    end_code    TEXT NOT NULL DEFAULT '',
    end_ring    INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX calls_arrived ON calls (arrived, call);
CREATE INDEX calls_number ON calls (number, arrived);
CREATE INDEX calls_queue ON calls (queue, arrived);
CREATE INDEX calls_agent ON calls (agent, arrived);

-- +goose StatementBegin
CREATE TRIGGER calls_verdict_once BEFORE UPDATE OF rule, answered, answered_at, agent, rings, waited_ms, met, short, ring1, arrived ON calls
WHEN OLD.rule <> ''
BEGIN SELECT RAISE(ABORT, 'a verdict is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER calls_end_once BEFORE UPDATE OF ended, end_code, end_ring ON calls
WHEN OLD.ended IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a call ends once'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER calls_no_delete BEFORE DELETE ON calls
BEGIN SELECT RAISE(ABORT, 'calls are never deleted'); END;
-- +goose StatementEnd

CREATE TABLE journal (
    call  TEXT NOT NULL,
    seq   BIGINT NOT NULL,
    at    BIGINT NOT NULL,
    kind  TEXT NOT NULL,
    agent TEXT NOT NULL DEFAULT '',
    data  TEXT NOT NULL DEFAULT '', -- text, not a JSON type: the hash covers these very bytes
    prev  TEXT NOT NULL,
    hash  TEXT NOT NULL,
    PRIMARY KEY (call, seq)
);

-- How long each chain is and where it ends: a removed tail shows.
CREATE TABLE journal_heads (
    call  TEXT PRIMARY KEY,
    count BIGINT NOT NULL,
    hash  TEXT NOT NULL
);

-- +goose StatementBegin
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_heads_grow BEFORE UPDATE ON journal_heads
WHEN NEW.call <> OLD.call OR NEW.count <= OLD.count
BEGIN SELECT RAISE(ABORT, 'a chain only grows'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_heads_no_delete BEFORE DELETE ON journal_heads
BEGIN SELECT RAISE(ABORT, 'a chain is never deleted'); END;
-- +goose StatementEnd
