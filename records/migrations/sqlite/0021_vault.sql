-- +goose Up
-- Remote sessions' login information. Data keys are not here: each lies in a file of the vault's directory and is destroyed when
-- its session ends, so what is sealed below is noise afterwards, here and in every copy of this database.
CREATE TABLE vault_sessions (
    id           TEXT PRIMARY KEY,
    order_id     TEXT NOT NULL REFERENCES orders (id),
    case_number  TEXT NOT NULL REFERENCES cases (number),
    engineer     TEXT NOT NULL REFERENCES users (login),
    state        TEXT NOT NULL CHECK (state IN ('open', 'ending', 'destroyed')),
    opened_at    BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    ceiling_at   BIGINT NOT NULL, -- no extension goes beyond
    ended_at     BIGINT,
    ended_by     TEXT NOT NULL DEFAULT '',
    ended_how    TEXT NOT NULL DEFAULT '' CHECK (ended_how IN ('', 'closed', 'expired', 'cancelled')),
    destroyed_at BIGINT,
    version      BIGINT NOT NULL DEFAULT 1
);
-- One order has one open session.
CREATE UNIQUE INDEX vault_sessions_open ON vault_sessions (order_id) WHERE state = 'open';
CREATE INDEX vault_sessions_order ON vault_sessions (order_id, opened_at);
CREATE INDEX vault_sessions_state ON vault_sessions (state, expires_at);

CREATE TABLE vault_entries (
    id       TEXT PRIMARY KEY,
    session  TEXT NOT NULL REFERENCES vault_sessions (id),
    kind     TEXT NOT NULL,
    added_by TEXT NOT NULL, -- login, or the contact's name for a link
    via      TEXT NOT NULL CHECK (via IN ('phone', 'link')),
    added_at BIGINT NOT NULL,
    client   TEXT NOT NULL DEFAULT '', -- id made by who sent it: the same again is kept once
    sealed   BLOB -- NULL once the session has ended
);
CREATE INDEX vault_entries_session ON vault_entries (session, id);

-- The tombstone: what happened to a session's login information, kept for ever.
CREATE TABLE vault_log (
    session TEXT NOT NULL REFERENCES vault_sessions (id),
    seq     INTEGER NOT NULL,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL CHECK (action IN ('open', 'keep', 'read', 'extend', 'close', 'expire', 'cancel', 'destroy')),
    entry   TEXT NOT NULL DEFAULT '',
    reason  TEXT NOT NULL DEFAULT '',
    until   BIGINT, -- open, extend: the time limit
    PRIMARY KEY (session, seq)
);

-- +goose StatementBegin
CREATE TRIGGER vault_sessions_no_delete BEFORE DELETE ON vault_sessions
BEGIN SELECT RAISE(ABORT, 'vault sessions are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER vault_sessions_no_return BEFORE UPDATE ON vault_sessions
WHEN OLD.state = 'destroyed' OR (OLD.state = 'ending' AND NEW.state = 'open')
    OR NEW.engineer <> OLD.engineer OR NEW.order_id <> OLD.order_id OR NEW.opened_at <> OLD.opened_at
    OR NEW.ceiling_at <> OLD.ceiling_at OR NEW.expires_at > OLD.ceiling_at
BEGIN SELECT RAISE(ABORT, 'a vault session neither reopens nor changes hands'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER vault_entries_no_delete BEFORE DELETE ON vault_entries
BEGIN SELECT RAISE(ABORT, 'vault entries are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER vault_entries_erase_only BEFORE UPDATE ON vault_entries
WHEN NEW.sealed IS NOT NULL OR NEW.id <> OLD.id OR NEW.session <> OLD.session OR NEW.kind <> OLD.kind
    OR NEW.added_by <> OLD.added_by OR NEW.via <> OLD.via OR NEW.added_at <> OLD.added_at
BEGIN SELECT RAISE(ABORT, 'vault entries are only ever erased'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER vault_log_no_update BEFORE UPDATE ON vault_log
BEGIN SELECT RAISE(ABORT, 'the vault log is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER vault_log_no_delete BEFORE DELETE ON vault_log
BEGIN SELECT RAISE(ABORT, 'the vault log is never deleted'); END;
-- +goose StatementEnd
