-- +goose Up
-- What somebody has typed about a case and not finished yet, field by field. It is a safety net, not a record: it goes when
-- its writer finishes the case.
CREATE TABLE drafts (
    login       TEXT NOT NULL,
    case_number TEXT NOT NULL REFERENCES cases (number),
    field       TEXT NOT NULL,
    value       TEXT NOT NULL,
    seq         BIGINT NOT NULL, -- grows with every change of this person's draft of this case
    tab         TEXT NOT NULL,   -- the browser tab that wrote it
    at          BIGINT NOT NULL, -- when it was typed
    PRIMARY KEY (login, case_number, field)
);
CREATE INDEX drafts_at ON drafts (at);

-- Files that belong to a case. Their bytes lie in the data directory, by their SHA-256.
CREATE TABLE attachments (
    id          TEXT PRIMARY KEY,
    case_number TEXT NOT NULL REFERENCES cases (number),
    sha256      TEXT NOT NULL,
    name        TEXT NOT NULL,
    size        BIGINT NOT NULL,
    media       TEXT NOT NULL, -- sniffed from the bytes, never believed from the sender
    added_by    TEXT NOT NULL,
    added_at    BIGINT NOT NULL,
    UNIQUE (case_number, sha256, name)
);

-- Which known solution helped with a case.
CREATE TABLE solution_uses (
    case_number TEXT NOT NULL REFERENCES cases (number),
    kind        TEXT NOT NULL,
    ref         TEXT NOT NULL,
    used_by     TEXT NOT NULL,
    used_at     BIGINT NOT NULL,
    PRIMARY KEY (case_number, kind, ref)
);
CREATE INDEX solution_uses_ref ON solution_uses (kind, ref);

-- Why a hand-over was not accepted.
ALTER TABLE handovers ADD COLUMN reason TEXT NOT NULL DEFAULT '';

CREATE INDEX escalations_number ON escalations (contact_number, raised_at);
CREATE INDEX callbacks_number ON callbacks (number, requested_at);

-- +goose StatementBegin
CREATE TRIGGER attachments_no_update BEFORE UPDATE ON attachments
BEGIN SELECT RAISE(ABORT, 'attachments are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER attachments_no_delete BEFORE DELETE ON attachments
BEGIN SELECT RAISE(ABORT, 'attachments are never deleted'); END;
-- +goose StatementEnd

-- An agent's day.
CREATE INDEX call_agents_agent ON call_agents (agent, since);
CREATE INDEX wrapups_ended_by ON wrapups (ended_by, at);
