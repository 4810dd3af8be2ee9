-- +goose Up
-- Times are BIGINT microseconds since 1970 UTC everywhere.
CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE customers (
    id             TEXT PRIMARY KEY,
    name           TEXT NOT NULL CHECK (name <> ''),
    region         TEXT NOT NULL DEFAULT '',
    service_centre TEXT NOT NULL DEFAULT '',
    agreement      TEXT NOT NULL DEFAULT '',
    vip            BOOLEAN NOT NULL DEFAULT FALSE,
    priority       INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 99),
    notes          TEXT NOT NULL DEFAULT '',
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    version        BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX customers_name ON customers (name);

CREATE TABLE contacts (
    id          TEXT PRIMARY KEY,
    customer_id TEXT REFERENCES customers (id),
    name        TEXT NOT NULL CHECK (name <> ''),
    email       TEXT NOT NULL DEFAULT '',
    notes       TEXT NOT NULL DEFAULT '',
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX contacts_customer ON contacts (customer_id);

CREATE TABLE contact_numbers (
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    number     TEXT NOT NULL,
    label      TEXT NOT NULL DEFAULT '',
    position   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (contact_id, number)
);
CREATE INDEX contact_numbers_number ON contact_numbers (number);

-- Which of several contacts behind one number an agent chose last.
CREATE TABLE number_choices (
    number     TEXT PRIMARY KEY,
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    chosen_by  TEXT NOT NULL,
    chosen_at  BIGINT NOT NULL
);

CREATE TABLE verifications (
    id          TEXT PRIMARY KEY,
    contact_id  TEXT NOT NULL REFERENCES contacts (id),
    call        TEXT NOT NULL DEFAULT '',
    case_number TEXT NOT NULL DEFAULT '',
    verified_by TEXT NOT NULL,
    how         TEXT NOT NULL,
    detail      TEXT NOT NULL DEFAULT '',
    verified_at BIGINT NOT NULL
);
CREATE INDEX verifications_contact ON verifications (contact_id, verified_at);

-- +goose StatementBegin
CREATE TRIGGER verifications_no_update BEFORE UPDATE ON verifications
BEGIN SELECT RAISE(ABORT, 'verifications are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER verifications_no_delete BEFORE DELETE ON verifications
BEGIN SELECT RAISE(ABORT, 'verifications are never deleted'); END;
-- +goose StatementEnd
