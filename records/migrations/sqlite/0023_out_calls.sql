-- +goose Up
-- Calls that the hotline made, each for something that stood on a list in that moment.
CREATE TABLE out_calls (
    call        TEXT PRIMARY KEY,
    purpose     TEXT NOT NULL CHECK (purpose IN ('followup', 'callback', 'visit')),
    ref         TEXT NOT NULL,
    number      TEXT NOT NULL CHECK (number <> ''),
    case_number TEXT NOT NULL DEFAULT '',
    login       TEXT NOT NULL,
    machine     BOOLEAN NOT NULL DEFAULT FALSE, -- a survey by keys: nobody of ours talks
    begun_at    BIGINT NOT NULL,
    answered_at BIGINT,
    recording   TEXT NOT NULL DEFAULT '',
    ended_at    BIGINT,
    outcome     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX out_calls_ref ON out_calls (purpose, ref, begun_at);
CREATE INDEX out_calls_begun ON out_calls (begun_at, call);
CREATE INDEX out_calls_live ON out_calls (ended_at);

-- What a customer pressed, as it came: a hang-up in the middle loses nothing.
CREATE TABLE out_call_keys (
    call     TEXT NOT NULL REFERENCES out_calls (call),
    seq      INTEGER NOT NULL,
    question TEXT NOT NULL,
    answer   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (call, seq)
);

-- +goose StatementBegin
CREATE TRIGGER out_calls_ended BEFORE UPDATE ON out_calls WHEN OLD.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a call out that has ended is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER out_calls_no_delete BEFORE DELETE ON out_calls
BEGIN SELECT RAISE(ABORT, 'calls out are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER out_call_keys_no_update BEFORE UPDATE ON out_call_keys
BEGIN SELECT RAISE(ABORT, 'keys are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER out_call_keys_no_delete BEFORE DELETE ON out_call_keys
BEGIN SELECT RAISE(ABORT, 'keys are never deleted'); END;
-- +goose StatementEnd
