-- +goose Up
-- One draw a day. The seed is made, and its hash published in the journal, before the day's cases are known.
CREATE TABLE draws (
    day          TEXT PRIMARY KEY, -- 2026-11-22, in the hotline's zone
    commitment   TEXT NOT NULL,
    seed         TEXT NOT NULL,    -- shown to nobody before revealed_at
    committed_at BIGINT NOT NULL,
    rule         TEXT NOT NULL DEFAULT '',
    cases        INTEGER NOT NULL DEFAULT 0,
    drawn        INTEGER NOT NULL DEFAULT 0,
    revealed_at  BIGINT
);
-- +goose StatementBegin
CREATE TRIGGER draws_committed BEFORE UPDATE ON draws WHEN OLD.revealed_at IS NOT NULL OR OLD.seed <> NEW.seed
    OR OLD.commitment <> NEW.commitment OR OLD.committed_at <> NEW.committed_at OR OLD.day <> NEW.day
BEGIN SELECT RAISE(ABORT, 'a committed draw is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER draws_no_delete BEFORE DELETE ON draws
BEGIN SELECT RAISE(ABORT, 'draws are never deleted'); END;
-- +goose StatementEnd

-- Every solved case, once.
CREATE TABLE followups (
    id            TEXT PRIMARY KEY,
    case_number   TEXT NOT NULL UNIQUE REFERENCES cases (number),
    day           TEXT NOT NULL REFERENCES draws (day),
    customer_id   TEXT REFERENCES customers (id),
    contact_id    TEXT REFERENCES contacts (id),
    number        TEXT NOT NULL DEFAULT '',
    engineer      TEXT NOT NULL,             -- who solved it
    centre        TEXT NOT NULL DEFAULT '',
    kind          TEXT NOT NULL,             -- hotline, remote, onsite
    product       TEXT NOT NULL DEFAULT '',
    solved_at     BIGINT NOT NULL,
    due_at        BIGINT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('waiting', 'passed', 'due', 'linked', 'done', 'unreached')),
    overdue       BOOLEAN NOT NULL DEFAULT FALSE,
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_at       BIGINT,
    order_number  TEXT NOT NULL DEFAULT '',
    outcome       TEXT NOT NULL DEFAULT '',
    ended_at      BIGINT,
    version       BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX followups_work ON followups (state, due_at, id);
CREATE INDEX followups_day ON followups (day);
CREATE INDEX followups_solved ON followups (solved_at, id);
-- +goose StatementBegin
CREATE TRIGGER followups_facts BEFORE UPDATE ON followups WHEN OLD.case_number <> NEW.case_number OR OLD.day <> NEW.day
    OR OLD.engineer <> NEW.engineer OR OLD.centre <> NEW.centre OR OLD.kind <> NEW.kind OR OLD.solved_at <> NEW.solved_at
    OR OLD.due_at <> NEW.due_at
BEGIN SELECT RAISE(ABORT, 'what a draw is made from is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER followups_no_delete BEFORE DELETE ON followups
BEGIN SELECT RAISE(ABORT, 'follow-ups are never deleted'); END;
-- +goose StatementEnd

-- The questions, as they were asked.
CREATE TABLE survey_forms (
    code    TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest  TEXT NOT NULL,
    source  TEXT NOT NULL,
    PRIMARY KEY (code, version)
);

-- One row a version; a correction is another row of the same series.
CREATE TABLE surveys (
    id           TEXT PRIMARY KEY,
    series       TEXT NOT NULL,           -- id of the first version
    version      INTEGER NOT NULL,
    form         TEXT NOT NULL,
    form_version INTEGER NOT NULL,
    followup     TEXT REFERENCES followups (id),
    visit        TEXT NOT NULL DEFAULT '',
    case_number  TEXT NOT NULL DEFAULT '',
    customer_id  TEXT REFERENCES customers (id),
    who          TEXT NOT NULL DEFAULT '', -- who answered
    channel      TEXT NOT NULL CHECK (channel IN ('call', 'keys', 'link', 'mail', 'paper')),
    keyed_by     TEXT NOT NULL,            -- login, or "customer"
    answered_at  BIGINT NOT NULL,
    answers      TEXT NOT NULL,
    speed        INTEGER NOT NULL DEFAULT 0,
    quality      INTEGER NOT NULL DEFAULT 0,
    complete     BOOLEAN NOT NULL,
    recording    TEXT NOT NULL DEFAULT '',
    call         TEXT NOT NULL DEFAULT '',
    file         TEXT NOT NULL DEFAULT '',
    reason       TEXT NOT NULL DEFAULT '', -- of a correction
    created_at   BIGINT NOT NULL,
    hash         TEXT NOT NULL,
    UNIQUE (series, version)
);
CREATE INDEX surveys_followup ON surveys (followup, created_at);
CREATE INDEX surveys_case ON surveys (case_number);
CREATE INDEX surveys_created ON surveys (created_at, id);
-- +goose StatementBegin
CREATE TRIGGER surveys_no_update BEFORE UPDATE ON surveys
BEGIN SELECT RAISE(ABORT, 'surveys are never edited: a correction is a new version'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER surveys_no_delete BEFORE DELETE ON surveys
BEGIN SELECT RAISE(ABORT, 'surveys are never deleted'); END;
-- +goose StatementEnd
