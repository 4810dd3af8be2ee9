-- +goose Up
-- An open class: what its order does not know. Everything of one class hangs on the order.
CREATE TABLE classes (
    id           TEXT PRIMARY KEY REFERENCES orders (id),
    door         TEXT NOT NULL UNIQUE, -- name of its public page; random, so that only those who got it find it
    title        TEXT NOT NULL,
    about        TEXT NOT NULL,
    audience     TEXT NOT NULL,
    frontier     TEXT NOT NULL, -- what of the frontier of the field it covers
    frontier_by  TEXT NOT NULL, -- who says so
    goals        TEXT NOT NULL, -- JSON; fixed once the class is published: the exam is set against them
    seats        BIGINT NOT NULL CHECK (seats > 0),
    closes_at    BIGINT,        -- registration ends
    published_at BIGINT,
    published_by TEXT NOT NULL DEFAULT '',
    exam         TEXT NOT NULL DEFAULT '{}', -- JSON; fixed once it was opened
    exam_opened  BIGINT,
    exam_closed  BIGINT,
    version      BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE class_sessions (
    id       TEXT PRIMARY KEY,
    class_id TEXT NOT NULL REFERENCES classes (id),
    from_at  BIGINT NOT NULL,
    to_at    BIGINT NOT NULL,
    place    TEXT NOT NULL,
    course   TEXT NOT NULL,
    off      BIGINT NOT NULL DEFAULT 0, -- 1: does not take place
    secret   TEXT NOT NULL,             -- the check-in codes of the room are made from it
    changed  BIGINT NOT NULL,
    version  BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX class_sessions_class ON class_sessions (class_id, from_at);

CREATE TABLE class_lecturers (
    id           TEXT PRIMARY KEY,
    class_id     TEXT NOT NULL REFERENCES classes (id),
    name         TEXT NOT NULL,
    outside      BIGINT NOT NULL, -- 1: an expert from outside the house
    organisation TEXT NOT NULL,
    subject      TEXT NOT NULL,   -- what he or she teaches
    number       TEXT NOT NULL,
    email        TEXT NOT NULL,
    state        TEXT NOT NULL,
    reason       TEXT NOT NULL DEFAULT '',
    told         TEXT NOT NULL DEFAULT '', -- the last state that he or she was told of
    invited_at   BIGINT NOT NULL,
    version      BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX class_lecturers_class ON class_lecturers (class_id, invited_at, id);

-- One registration is one person and at most one seat. place orders the wait list; it is given once and never reused.
CREATE TABLE class_registrations (
    id            TEXT PRIMARY KEY,
    class_id      TEXT NOT NULL REFERENCES classes (id),
    place         BIGINT NOT NULL,
    name          TEXT NOT NULL,
    organisation  TEXT NOT NULL,
    number        TEXT NOT NULL, -- E.164
    email         TEXT NOT NULL,
    state         TEXT NOT NULL,
    reason        TEXT NOT NULL DEFAULT '',
    pass          TEXT NOT NULL UNIQUE, -- what the QR code of the person's pass holds
    told          TEXT NOT NULL DEFAULT '',
    registered_at BIGINT NOT NULL,
    version       BIGINT NOT NULL DEFAULT 1,
    UNIQUE (class_id, place)
);
CREATE UNIQUE INDEX class_registrations_once ON class_registrations (class_id, number) WHERE state <> 'cancelled';
CREATE INDEX class_registrations_list ON class_registrations (class_id, state, place);

-- What happened to registrations and lecturers, for ever.
CREATE TABLE class_history (
    class_id TEXT NOT NULL REFERENCES classes (id),
    seq      BIGINT NOT NULL,
    object   TEXT NOT NULL, -- id of the registration or lecturer
    input    TEXT NOT NULL,
    before   TEXT NOT NULL,
    after    TEXT NOT NULL,
    actor    TEXT NOT NULL,
    via      TEXT NOT NULL,
    reason   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (class_id, seq)
);

-- Who came. The last word about a person in a session counts; a QR check-in is possible once, and once a device.
CREATE TABLE class_attendance (
    session_id   TEXT NOT NULL REFERENCES class_sessions (id),
    registration TEXT NOT NULL REFERENCES class_registrations (id),
    seq          BIGINT NOT NULL,
    present      BIGINT NOT NULL,
    how          TEXT NOT NULL, -- code, pass, list
    device       TEXT NOT NULL, -- hash of the device that scanned the room's code
    actor        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (session_id, registration, seq)
);
CREATE UNIQUE INDEX class_attendance_device ON class_attendance (session_id, device) WHERE device <> '';

-- What was handed in, once a person, and the points that lecturers gave for written answers; a correction is a new row.
CREATE TABLE class_papers (
    registration TEXT PRIMARY KEY REFERENCES class_registrations (id),
    answers      TEXT NOT NULL, -- JSON
    sha256       TEXT NOT NULL,
    via          TEXT NOT NULL,
    actor        TEXT NOT NULL,
    at           BIGINT NOT NULL
);
CREATE TABLE class_marks (
    registration TEXT NOT NULL REFERENCES class_registrations (id),
    question     TEXT NOT NULL,
    seq          BIGINT NOT NULL,
    points       BIGINT NOT NULL,
    reason       TEXT NOT NULL,
    actor        TEXT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (registration, question, seq)
);

-- +goose StatementBegin
CREATE TRIGGER class_history_no_update BEFORE UPDATE ON class_history
BEGIN SELECT RAISE(ABORT, 'the history of a class is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER class_history_no_delete BEFORE DELETE ON class_history
BEGIN SELECT RAISE(ABORT, 'the history of a class is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER class_attendance_no_update BEFORE UPDATE ON class_attendance
BEGIN SELECT RAISE(ABORT, 'attendance is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER class_attendance_no_delete BEFORE DELETE ON class_attendance
BEGIN SELECT RAISE(ABORT, 'attendance is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER class_papers_no_update BEFORE UPDATE ON class_papers
BEGIN SELECT RAISE(ABORT, 'exam papers are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER class_papers_no_delete BEFORE DELETE ON class_papers
BEGIN SELECT RAISE(ABORT, 'exam papers are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER class_marks_no_update BEFORE UPDATE ON class_marks
BEGIN SELECT RAISE(ABORT, 'marks are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER class_marks_no_delete BEFORE DELETE ON class_marks
BEGIN SELECT RAISE(ABORT, 'marks are never deleted'); END;
-- +goose StatementEnd
