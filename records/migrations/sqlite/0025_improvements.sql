-- +goose Up
CREATE TABLE improvements (
    id          TEXT PRIMARY KEY,
    survey      TEXT NOT NULL UNIQUE REFERENCES surveys (id), -- the first version
    followup    TEXT NOT NULL DEFAULT '',
    case_number TEXT NOT NULL DEFAULT '',
    customer_id TEXT REFERENCES customers (id),
    engineer    TEXT NOT NULL DEFAULT '',
    complaint   TEXT NOT NULL DEFAULT '',
    owner       TEXT NOT NULL DEFAULT '',
    plan        TEXT NOT NULL DEFAULT '',
    due_at      BIGINT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'planned', 'done', 'closed')),
    result      TEXT NOT NULL DEFAULT '',
    effect      TEXT NOT NULL DEFAULT '',
    checked_by  TEXT NOT NULL DEFAULT '',
    overdue     BOOLEAN NOT NULL DEFAULT FALSE,
    created_at  BIGINT NOT NULL,
    ended_at    BIGINT,
    version     BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX improvements_state ON improvements (state, due_at);
CREATE INDEX improvements_created ON improvements (created_at, id);

CREATE TABLE improvement_log (
    improvement TEXT NOT NULL REFERENCES improvements (id),
    seq         INTEGER NOT NULL,
    at          BIGINT NOT NULL,
    actor       TEXT NOT NULL,
    input       TEXT NOT NULL,
    note        TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (improvement, seq)
);
-- +goose StatementBegin
CREATE TRIGGER improvement_log_no_update BEFORE UPDATE ON improvement_log
BEGIN SELECT RAISE(ABORT, 'the history of an improvement is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER improvement_log_no_delete BEFORE DELETE ON improvement_log
BEGIN SELECT RAISE(ABORT, 'the history of an improvement is never deleted'); END;
-- +goose StatementEnd

-- Customers who are visited regularly.
CREATE TABLE visit_plans (
    customer_id TEXT PRIMARY KEY REFERENCES customers (id),
    months      INTEGER NOT NULL CHECK (months BETWEEN 1 AND 36),
    manager     TEXT NOT NULL,
    reason      TEXT NOT NULL DEFAULT '', -- the agreement it follows from
    next_at     BIGINT NOT NULL,
    order_number TEXT NOT NULL DEFAULT '', -- of the visit that is under way
    version     BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX visit_plans_next ON visit_plans (next_at, customer_id);
