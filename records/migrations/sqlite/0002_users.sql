-- +goose Up
CREATE TABLE users (
    login         TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    team          TEXT NOT NULL DEFAULT '',
    password_hash TEXT NOT NULL DEFAULT '', -- argon2id, PHC string; '' cannot log in
    ha1           TEXT NOT NULL DEFAULT '', -- MD5(login:hotline:secret), RFC 2617; '' cannot register a phone
    webrtc        BOOLEAN NOT NULL DEFAULT FALSE,
    disabled      BOOLEAN NOT NULL DEFAULT FALSE,
    created_at    BIGINT NOT NULL,
    last_login_at BIGINT,
    failed_logins INTEGER NOT NULL DEFAULT 0,
    locked_until  BIGINT,
    version       BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE user_roles (
    login TEXT NOT NULL REFERENCES users (login),
    role  TEXT NOT NULL CHECK (role IN ('agent', 'supervisor', 'dispatcher', 'administrator')),
    PRIMARY KEY (login, role)
);

CREATE TABLE user_skills (
    login TEXT NOT NULL REFERENCES users (login),
    skill TEXT NOT NULL,
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 9),
    PRIMARY KEY (login, skill)
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY, -- SHA-256 of the token; the token itself is nowhere
    id         TEXT NOT NULL UNIQUE,
    login      TEXT NOT NULL REFERENCES users (login),
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL
);
CREATE INDEX sessions_login ON sessions (login);
CREATE INDEX sessions_ends ON sessions (ends_at);

CREATE TABLE audit (
    seq    BIGINT PRIMARY KEY,
    at     BIGINT NOT NULL,
    actor  TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    data   TEXT NOT NULL DEFAULT ''
);

-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never deleted'); END;
-- +goose StatementEnd
