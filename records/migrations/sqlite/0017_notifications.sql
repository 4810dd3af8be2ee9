-- +goose Up
-- What people of the staff are told, in the app.
CREATE TABLE notifications (
    id         TEXT PRIMARY KEY,
    login      TEXT NOT NULL REFERENCES users (login),
    kind       TEXT NOT NULL,
    once       TEXT NOT NULL, -- the occasion: told once, however often it is reported
    subject_zh TEXT NOT NULL,
    subject_en TEXT NOT NULL,
    text_zh    TEXT NOT NULL DEFAULT '',
    text_en    TEXT NOT NULL DEFAULT '',
    path       TEXT NOT NULL DEFAULT '', -- of the page to go to
    at         BIGINT NOT NULL,
    read_at    BIGINT,
    UNIQUE (login, kind, once)
);
CREATE INDEX notifications_mine ON notifications (login, at, id);
CREATE INDEX notifications_unread ON notifications (login) WHERE read_at IS NULL;

-- Where the staff reads mail.
CREATE TABLE mail_addresses (
    login   TEXT PRIMARY KEY REFERENCES users (login),
    address TEXT NOT NULL,
    set_at  BIGINT NOT NULL
);

-- What is to leave the house: mail, and the webhook of notifications.
CREATE TABLE outbox (
    id         TEXT PRIMARY KEY, -- also the stable part of the Message-ID
    channel    TEXT NOT NULL CHECK (channel IN ('mail', 'webhook')),
    once       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    login      TEXT NOT NULL DEFAULT '',
    name       TEXT NOT NULL DEFAULT '',
    address    TEXT NOT NULL DEFAULT '',
    lang       TEXT NOT NULL DEFAULT '',
    subject_zh TEXT NOT NULL,
    subject_en TEXT NOT NULL,
    text_zh    TEXT NOT NULL DEFAULT '',
    text_en    TEXT NOT NULL DEFAULT '',
    path       TEXT NOT NULL DEFAULT '',
    state      TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead')),
    attempts   BIGINT NOT NULL DEFAULT 0,
    next_at    BIGINT NOT NULL,
    holder     TEXT NOT NULL DEFAULT '',
    held_until BIGINT,
    last_error TEXT NOT NULL DEFAULT '',
    made_at    BIGINT NOT NULL,
    ended_at   BIGINT,
    UNIQUE (channel, address, kind, once)
);
CREATE INDEX outbox_due ON outbox (channel, next_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_dead ON outbox (made_at, id) WHERE state = 'dead';

-- +goose StatementBegin
CREATE TRIGGER notifications_keep BEFORE UPDATE OF login, kind, once, subject_zh, subject_en, text_zh, text_en, path, at ON notifications
BEGIN SELECT RAISE(ABORT, 'what people were told is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER outbox_keep BEFORE UPDATE OF channel, once, kind, login, name, address, lang, subject_zh, subject_en, text_zh, text_en, made_at ON outbox
BEGIN SELECT RAISE(ABORT, 'what is to be sent is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER outbox_keep_path BEFORE UPDATE OF path ON outbox WHEN NEW.path <> ''
BEGIN SELECT RAISE(ABORT, 'what is to be sent is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER outbox_sent_stays BEFORE UPDATE OF state ON outbox WHEN OLD.state = 'sent'
BEGIN SELECT RAISE(ABORT, 'what was sent is not sent again'); END;
-- +goose StatementEnd
