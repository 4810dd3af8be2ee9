-- +goose Up
CREATE TABLE cases (
    number      TEXT PRIMARY KEY,
    caller      TEXT NOT NULL DEFAULT '', -- number the case came from, '' when anonymous
    customer_id TEXT REFERENCES customers (id),
    contact_id  TEXT REFERENCES contacts (id),
    subject     TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    product     TEXT NOT NULL DEFAULT '',
    category    TEXT NOT NULL DEFAULT '',
    severity    TEXT NOT NULL DEFAULT 'normal' CHECK (severity IN ('low', 'normal', 'high', 'critical')),
    state       TEXT NOT NULL CHECK (state IN ('open', 'escalated', 'callback', 'referred', 'solved')),
    owner       TEXT NOT NULL CHECK (owner <> ''), -- I1: there is one, always
    handover    TEXT NOT NULL DEFAULT '',          -- id of the hand-over that is offered now
    promise     TEXT NOT NULL DEFAULT '',
    promised_at BIGINT,
    opened_at   BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    closed_at   BIGINT,
    version     BIGINT NOT NULL DEFAULT 1,
    CHECK ((closed_at IS NOT NULL) = (state IN ('referred', 'solved'))) -- I4
);
CREATE INDEX cases_caller ON cases (caller, closed_at);
CREATE INDEX cases_contact ON cases (contact_id, closed_at);
CREATE INDEX cases_owner ON cases (owner, closed_at);
CREATE INDEX cases_live ON cases (closed_at, opened_at);
CREATE INDEX cases_opened ON cases (opened_at, number);

-- The case that a call belongs to, and who answered it first.
CREATE TABLE case_calls (
    call        TEXT PRIMARY KEY,
    case_number TEXT NOT NULL REFERENCES cases (number),
    agent       TEXT NOT NULL CHECK (agent <> ''),
    queue       TEXT NOT NULL DEFAULT '',
    caller      TEXT NOT NULL DEFAULT '',
    opened      BOOLEAN NOT NULL, -- this call opened the case
    answered_at BIGINT NOT NULL
);
CREATE INDEX case_calls_case ON case_calls (case_number);

-- Everyone who talked on a call: answered it, took it over, or helped.
CREATE TABLE call_agents (
    call  TEXT NOT NULL REFERENCES case_calls (call),
    agent TEXT NOT NULL,
    how   TEXT NOT NULL CHECK (how IN ('answered', 'took over', 'helped')),
    since BIGINT NOT NULL,
    PRIMARY KEY (call, agent)
);

CREATE TABLE handovers (
    id          TEXT PRIMARY KEY,
    case_number TEXT NOT NULL REFERENCES cases (number),
    call        TEXT NOT NULL DEFAULT '',
    from_owner  TEXT NOT NULL,
    to_kind     TEXT NOT NULL CHECK (to_kind IN ('agent', 'queue', 'manager')),
    to_name     TEXT NOT NULL DEFAULT '',
    note        TEXT NOT NULL DEFAULT '',
    offered_at  BIGINT NOT NULL,
    expires_at  BIGINT,
    ended_at    BIGINT,
    outcome     TEXT NOT NULL DEFAULT '',
    ended_by    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX handovers_case ON handovers (case_number);
CREATE INDEX handovers_pending ON handovers (ended_at, expires_at);

CREATE TABLE ownership_history (
    case_number TEXT NOT NULL REFERENCES cases (number),
    seq         BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    input       TEXT NOT NULL,
    old_owner   TEXT NOT NULL,
    new_owner   TEXT NOT NULL CHECK (new_owner <> ''),
    actor       TEXT NOT NULL,
    reason      TEXT NOT NULL DEFAULT '',
    call        TEXT NOT NULL DEFAULT '',
    handover    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (case_number, seq)
);

CREATE TABLE case_notes (
    id          TEXT PRIMARY KEY,
    case_number TEXT NOT NULL REFERENCES cases (number),
    at          BIGINT NOT NULL,
    author      TEXT NOT NULL,
    text        TEXT NOT NULL
);
CREATE INDEX case_notes_case ON case_notes (case_number, at);

-- +goose StatementBegin
CREATE TRIGGER ownership_history_no_update BEFORE UPDATE ON ownership_history
BEGIN SELECT RAISE(ABORT, 'the history of ownership is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ownership_history_no_delete BEFORE DELETE ON ownership_history
BEGIN SELECT RAISE(ABORT, 'the history of ownership is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER cases_no_delete BEFORE DELETE ON cases
BEGIN SELECT RAISE(ABORT, 'cases are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER cases_stay_closed BEFORE UPDATE OF state, closed_at, owner ON cases
WHEN OLD.closed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a closed case stays as it is'); END;
-- +goose StatementEnd
