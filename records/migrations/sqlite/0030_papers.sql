-- +goose Up
-- Each version of a questionnaire that was ever used, with its text: a sheet keeps the version it was begun with.
CREATE TABLE questionnaires (
    code    TEXT NOT NULL,
    version BIGINT NOT NULL,
    digest  TEXT NOT NULL,
    source  TEXT NOT NULL,
    kept_at BIGINT NOT NULL,
    PRIMARY KEY (code, version)
);

-- A questionnaire that is filled in for an order, by the customer or by staff.
CREATE TABLE sheets (
    id            TEXT PRIMARY KEY,
    order_id      TEXT NOT NULL REFERENCES orders (id),
    questionnaire TEXT NOT NULL,
    version       BIGINT NOT NULL,
    subject       TEXT NOT NULL, -- of whom or what, e.g. a registration; '' when the order has one
    name          TEXT NOT NULL, -- who is asked
    done_at       BIGINT,        -- complete and handed in
    opened_by     TEXT NOT NULL,
    opened_at     BIGINT NOT NULL,
    UNIQUE (order_id, questionnaire, subject),
    FOREIGN KEY (questionnaire, version) REFERENCES questionnaires (code, version)
);

-- What was filled in. Nothing is edited: each saving is a version.
CREATE TABLE sheet_answers (
    sheet_id TEXT NOT NULL REFERENCES sheets (id),
    seq      BIGINT NOT NULL,
    answers  TEXT NOT NULL, -- JSON
    sha256   TEXT NOT NULL,
    actor    TEXT NOT NULL,
    name     TEXT NOT NULL, -- of the customer's person
    via      TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (sheet_id, seq)
);

-- The documents of an order that people write: versions with a file, and what became of each.
CREATE TABLE papers (
    id       TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    code     TEXT NOT NULL, -- as the procedure's needs name the document
    number   BIGINT NOT NULL, -- of the version, from 1
    file     TEXT NOT NULL REFERENCES files (id),
    sheet_id TEXT NOT NULL, -- it was made from; '' when a file was sent
    seq      BIGINT NOT NULL, -- version of the sheet's answers
    note     TEXT NOT NULL, -- what changed
    author   TEXT NOT NULL,
    state    TEXT NOT NULL,
    link     TEXT NOT NULL DEFAULT '', -- by which it was delivered
    made_at  BIGINT NOT NULL,
    version  BIGINT NOT NULL DEFAULT 1,
    UNIQUE (order_id, code, number)
);
CREATE TABLE paper_history (
    paper_id TEXT NOT NULL REFERENCES papers (id),
    seq      BIGINT NOT NULL,
    input    TEXT NOT NULL,
    before   TEXT NOT NULL,
    after    TEXT NOT NULL,
    actor    TEXT NOT NULL,
    reason   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (paper_id, seq)
);

-- +goose StatementBegin
CREATE TRIGGER questionnaires_no_update BEFORE UPDATE ON questionnaires
BEGIN SELECT RAISE(ABORT, 'a questionnaire that was used is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER questionnaires_no_delete BEFORE DELETE ON questionnaires
BEGIN SELECT RAISE(ABORT, 'a questionnaire that was used is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sheet_answers_no_update BEFORE UPDATE ON sheet_answers
BEGIN SELECT RAISE(ABORT, 'answers are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sheet_answers_no_delete BEFORE DELETE ON sheet_answers
BEGIN SELECT RAISE(ABORT, 'answers are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER papers_stay BEFORE UPDATE OF order_id, code, number, file, sheet_id, seq, note, author, made_at ON papers
BEGIN SELECT RAISE(ABORT, 'a version of a document is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER papers_no_delete BEFORE DELETE ON papers
BEGIN SELECT RAISE(ABORT, 'a version of a document is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER paper_history_no_update BEFORE UPDATE ON paper_history
BEGIN SELECT RAISE(ABORT, 'the history of a document is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER paper_history_no_delete BEFORE DELETE ON paper_history
BEGIN SELECT RAISE(ABORT, 'the history of a document is never deleted'); END;
-- +goose StatementEnd
