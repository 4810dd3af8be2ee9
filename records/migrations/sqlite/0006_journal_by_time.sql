-- +goose Up
-- The live numbers of a day are computed again from the day's entries after a restart.
CREATE INDEX journal_at ON journal (at, call, seq);
