-- +goose Up
-- Dated days that were imported over a calendar's weekday rules. Of several words on one day the newest import's counts.
CREATE TABLE calendar_imports (
    id          TEXT PRIMARY KEY, -- sorts by time
    calendar    TEXT NOT NULL,
    format      TEXT NOT NULL, -- ical, json, holiday-cn, hand
    source      TEXT NOT NULL,
    file        TEXT NOT NULL DEFAULT '',
    sha256      TEXT NOT NULL DEFAULT '', -- of the file
    days        INTEGER NOT NULL,
    imported_by TEXT NOT NULL,
    imported_at BIGINT NOT NULL
);
CREATE INDEX calendar_imports_at ON calendar_imports (calendar, imported_at, id);

CREATE TABLE calendar_days (
    calendar  TEXT NOT NULL,
    day       TEXT NOT NULL, -- 2026-10-10
    import_id TEXT NOT NULL REFERENCES calendar_imports (id),
    kind      TEXT NOT NULL CHECK (kind IN ('off', 'works', 'usual')), -- usual: the weekday's rule again
    hours     TEXT NOT NULL DEFAULT '', -- 09:00-12:00 13:30-18:00; '' = the calendar's usual hours
    name      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (calendar, day, import_id)
);

-- +goose StatementBegin
CREATE TRIGGER calendar_imports_no_update BEFORE UPDATE ON calendar_imports
BEGIN SELECT RAISE(ABORT, 'imports are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER calendar_imports_no_delete BEFORE DELETE ON calendar_imports
BEGIN SELECT RAISE(ABORT, 'imports are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER calendar_days_no_update BEFORE UPDATE ON calendar_days
BEGIN SELECT RAISE(ABORT, 'imported days are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER calendar_days_no_delete BEFORE DELETE ON calendar_days
BEGIN SELECT RAISE(ABORT, 'imported days are never deleted'); END;
-- +goose StatementEnd
