-- +goose Up
-- One-time codes by which a customer checks who stands at the door. A new code ends the one before it.
CREATE TABLE visit_codes (
    id         TEXT PRIMARY KEY,
    order_id   TEXT NOT NULL REFERENCES orders (id),
    engineer   TEXT NOT NULL REFERENCES users (login),
    code       TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    made_at    BIGINT NOT NULL,
    until      BIGINT NOT NULL,
    ended_at   BIGINT, -- another code took its place
    checked_at BIGINT, -- the customer found it right
    checked_by TEXT NOT NULL DEFAULT '',
    checked_via TEXT NOT NULL DEFAULT '' -- link or hotline
);
CREATE INDEX visit_codes_order ON visit_codes (order_id, made_at);
CREATE UNIQUE INDEX visit_codes_live ON visit_codes (code) WHERE ended_at IS NULL AND checked_at IS NULL;

-- Every attempt to check a code, right or wrong: so many wrong ones, and no more are answered.
CREATE TABLE visit_checks (
    id      TEXT PRIMARY KEY,
    who     TEXT NOT NULL, -- login of the agent, or the link
    via     TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('right', 'wrong', 'used', 'ended', 'expired')),
    code_id TEXT REFERENCES visit_codes (id), -- NULL: no such code
    at      BIGINT NOT NULL
);
CREATE INDEX visit_checks_who ON visit_checks (who, at);

-- What engineers' devices sent, as it came: kept before anything is done with it, so that a conflict loses nothing.
CREATE TABLE visit_actions (
    client    TEXT PRIMARY KEY, -- id made by the device: the same action twice is one
    order_id  TEXT NOT NULL,
    login     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    body      TEXT NOT NULL, -- JSON, files by id
    device_at BIGINT NOT NULL,
    got_at    BIGINT NOT NULL
);
CREATE INDEX visit_actions_order ON visit_actions (order_id, got_at);

CREATE TABLE visit_outcomes (
    client  TEXT NOT NULL REFERENCES visit_actions (client),
    seq     INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused', 'settled')), -- settled: a person looked at the conflict
    detail  TEXT NOT NULL DEFAULT '', -- JSON of the refusal, or what the person said
    by      TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (client, seq)
);
CREATE INDEX visit_outcomes_at ON visit_outcomes (outcome, at);

-- +goose StatementBegin
CREATE TRIGGER visit_codes_no_delete BEFORE DELETE ON visit_codes
BEGIN SELECT RAISE(ABORT, 'visit codes are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER visit_codes_keep BEFORE UPDATE OF order_id, engineer, code, made_at, until ON visit_codes
BEGIN SELECT RAISE(ABORT, 'a visit code is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER visit_codes_once BEFORE UPDATE OF checked_at ON visit_codes WHEN OLD.checked_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a visit code is used once'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER visit_checks_no_update BEFORE UPDATE ON visit_checks
BEGIN SELECT RAISE(ABORT, 'checks are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER visit_checks_no_delete BEFORE DELETE ON visit_checks
BEGIN SELECT RAISE(ABORT, 'checks are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER visit_actions_no_update BEFORE UPDATE ON visit_actions
BEGIN SELECT RAISE(ABORT, 'what a device sent is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER visit_actions_no_delete BEFORE DELETE ON visit_actions
BEGIN SELECT RAISE(ABORT, 'what a device sent is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER visit_outcomes_no_update BEFORE UPDATE ON visit_outcomes
BEGIN SELECT RAISE(ABORT, 'outcomes are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER visit_outcomes_no_delete BEFORE DELETE ON visit_outcomes
BEGIN SELECT RAISE(ABORT, 'outcomes are never deleted'); END;
-- +goose StatementEnd
