-- +goose Up
CREATE TABLE wrapups (
    call        TEXT NOT NULL, -- '' for a case that was ended without a call
    case_number TEXT NOT NULL REFERENCES cases (number),
    id          TEXT PRIMARY KEY,
    ended_by    TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    at          BIGINT NOT NULL,
    escalation  TEXT NOT NULL DEFAULT '',
    callback    TEXT NOT NULL DEFAULT '',
    facts       TEXT NOT NULL -- the whole input, JSON
);
CREATE UNIQUE INDEX wrapups_call ON wrapups (call) WHERE call <> '';
CREATE INDEX wrapups_case ON wrapups (case_number);

CREATE TABLE escalations (
    id             TEXT PRIMARY KEY,
    kind           TEXT NOT NULL CHECK (kind IN ('remote', 'onsite')),
    case_number    TEXT NOT NULL REFERENCES cases (number),
    customer_id    TEXT REFERENCES customers (id),
    contact_id     TEXT REFERENCES contacts (id),
    contact_name   TEXT NOT NULL,
    contact_number TEXT NOT NULL,
    situation      TEXT NOT NULL,
    told_means     TEXT NOT NULL,
    told_at        BIGINT NOT NULL,
    told_procedure TEXT NOT NULL,
    region         TEXT NOT NULL DEFAULT '',
    service_centre TEXT NOT NULL DEFAULT '',
    respond_by     BIGINT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'overdue', 'done')),
    accepted_by    TEXT NOT NULL DEFAULT '',
    accepted_at    BIGINT,
    reason         TEXT NOT NULL DEFAULT '', -- why declined
    result         TEXT NOT NULL DEFAULT '', -- what was done
    raised_by      TEXT NOT NULL,
    raised_at      BIGINT NOT NULL,
    ended_at       BIGINT,
    version        BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX escalations_case ON escalations (case_number);
CREATE INDEX escalations_due ON escalations (state, respond_by);
CREATE INDEX escalations_raised ON escalations (raised_at, id);

-- What dispatch reads. seq counts without gaps in the order of commits.
CREATE TABLE escalation_feed (
    seq        BIGINT PRIMARY KEY,
    escalation TEXT NOT NULL REFERENCES escalations (id),
    change     TEXT NOT NULL,
    at         BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    body       TEXT NOT NULL -- the escalation as it was then, JSON
);

CREATE TABLE webhooks (
    name         TEXT PRIMARY KEY,
    delivered    BIGINT NOT NULL DEFAULT 0, -- seq of the last delivered entry
    holder       TEXT NOT NULL DEFAULT '',
    held_until   BIGINT,
    attempts     INTEGER NOT NULL DEFAULT 0,
    last_error   TEXT NOT NULL DEFAULT '',
    last_attempt BIGINT
);

CREATE TABLE callbacks (
    id           TEXT PRIMARY KEY,
    number       TEXT NOT NULL,
    queue        TEXT NOT NULL DEFAULT '',
    call         TEXT NOT NULL DEFAULT '',
    case_number  TEXT NOT NULL DEFAULT '',
    login        TEXT NOT NULL DEFAULT '', -- who promised or took it
    requested_at BIGINT NOT NULL,
    due_at       BIGINT,
    state        TEXT NOT NULL CHECK (state IN ('open', 'taken', 'done', 'cancelled')),
    ended_at     BIGINT,
    result       TEXT NOT NULL DEFAULT '',
    version      BIGINT NOT NULL DEFAULT 1
);
-- One customer waits for one call back, however often they asked.
CREATE UNIQUE INDEX callbacks_once ON callbacks (number, queue, case_number) WHERE state IN ('open', 'taken');
CREATE INDEX callbacks_requested ON callbacks (requested_at, id);

CREATE TABLE notices (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    once        TEXT NOT NULL UNIQUE, -- the same occasion is told once
    login       TEXT NOT NULL DEFAULT '',
    call        TEXT NOT NULL DEFAULT '',
    case_number TEXT NOT NULL DEFAULT '',
    detail      TEXT NOT NULL DEFAULT '',
    at          BIGINT NOT NULL,
    seen_by     TEXT NOT NULL DEFAULT '',
    seen_at     BIGINT
);
CREATE INDEX notices_at ON notices (at, id);

-- +goose StatementBegin
CREATE TRIGGER wrapups_no_update BEFORE UPDATE ON wrapups
BEGIN SELECT RAISE(ABORT, 'wrap-ups are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER wrapups_no_delete BEFORE DELETE ON wrapups
BEGIN SELECT RAISE(ABORT, 'wrap-ups are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER escalations_no_delete BEFORE DELETE ON escalations
BEGIN SELECT RAISE(ABORT, 'escalations are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER escalation_feed_no_update BEFORE UPDATE ON escalation_feed
BEGIN SELECT RAISE(ABORT, 'the feed is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER escalation_feed_no_delete BEFORE DELETE ON escalation_feed
BEGIN SELECT RAISE(ABORT, 'the feed is never deleted'); END;
-- +goose StatementEnd
