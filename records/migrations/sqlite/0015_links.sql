-- +goose Up
-- Links for customers: one purpose each, without an account. The token is kept as its hash only.
CREATE TABLE links (
    id           TEXT PRIMARY KEY,
    token        TEXT NOT NULL UNIQUE, -- SHA-256, hex
    purpose      TEXT NOT NULL,
    order_id     TEXT NOT NULL DEFAULT '',
    case_number  TEXT NOT NULL DEFAULT '',
    step         TEXT NOT NULL DEFAULT '', -- of the order, which the answer is evidence for
    need         TEXT NOT NULL DEFAULT '',
    subject      TEXT NOT NULL DEFAULT '', -- what it is about, in words that the customer sees
    file         TEXT REFERENCES files (id), -- what is shown
    sha256       TEXT NOT NULL DEFAULT '',
    contact_id   TEXT REFERENCES contacts (id),
    name         TEXT NOT NULL, -- for whom
    number       TEXT NOT NULL DEFAULT '', -- whose last four digits are asked for
    data         TEXT NOT NULL DEFAULT '', -- JSON, what only this purpose has
    uses         BIGINT NOT NULL, -- 0 = any number until it ends
    used         BIGINT NOT NULL DEFAULT 0,
    ends_at      BIGINT NOT NULL,
    made_by      TEXT NOT NULL,
    made_at      BIGINT NOT NULL,
    device       TEXT NOT NULL DEFAULT '', -- SHA-256 of the secret of the device that it was opened on
    bound_at     BIGINT,
    tries        BIGINT NOT NULL DEFAULT 0, -- wrong digits
    locked_until BIGINT,
    shown_at     BIGINT, -- when the file was first read
    used_at      BIGINT,
    revoked_at   BIGINT,
    revoked_by   TEXT NOT NULL DEFAULT '',
    CHECK (used >= 0 AND (uses = 0 OR used <= uses))
);
CREATE INDEX links_order ON links (order_id, made_at, id);
CREATE INDEX links_case ON links (case_number, made_at, id);
CREATE INDEX links_made ON links (made_at, id);

-- What happened with a link: proof that something was delivered, shown, agreed to.
CREATE TABLE link_events (
    id     TEXT PRIMARY KEY,
    link   TEXT NOT NULL REFERENCES links (id),
    at     BIGINT NOT NULL,
    what   TEXT NOT NULL, -- made, opened, digits, locked, elsewhere, shown, used, revoked
    detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX link_events_link ON link_events (link, at, id);

-- +goose StatementBegin
CREATE TRIGGER links_keep BEFORE UPDATE OF token, purpose, order_id, case_number, step, need, subject, file, sha256, name, number, data, uses,
    ends_at, made_by, made_at ON links
BEGIN SELECT RAISE(ABORT, 'a link stays what it was made for'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER links_bound_once BEFORE UPDATE OF device ON links WHEN OLD.device <> ''
BEGIN SELECT RAISE(ABORT, 'a link belongs to the device that opened it'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER links_no_delete BEFORE DELETE ON links
BEGIN SELECT RAISE(ABORT, 'links are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER link_events_no_update BEFORE UPDATE ON link_events
BEGIN SELECT RAISE(ABORT, 'what happened with a link is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER link_events_no_delete BEFORE DELETE ON link_events
BEGIN SELECT RAISE(ABORT, 'what happened with a link is never deleted'); END;
-- +goose StatementEnd
