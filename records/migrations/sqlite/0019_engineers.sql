-- +goose Up
-- What dispatch knows of those who carry out orders.
CREATE TABLE engineers (
    login   TEXT PRIMARY KEY REFERENCES users (login),
    centre  TEXT NOT NULL DEFAULT '',
    title   TEXT NOT NULL DEFAULT '', -- as the customer reads it: 高级服务工程师
    photo   TEXT NOT NULL DEFAULT '', -- SHA-256; the bytes lie beside attachments
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX engineers_centre ON engineers (centre);

CREATE TABLE engineer_products (
    login   TEXT NOT NULL REFERENCES users (login),
    product TEXT NOT NULL, -- code
    level   INTEGER NOT NULL CHECK (level BETWEEN 1 AND 9), -- 1 is best
    PRIMARY KEY (login, product)
);

CREATE TABLE absences (
    id           TEXT PRIMARY KEY,
    login        TEXT NOT NULL REFERENCES users (login),
    from_at      BIGINT NOT NULL,
    to_at        BIGINT NOT NULL CHECK (to_at > from_at),
    reason       TEXT NOT NULL,
    added_by     TEXT NOT NULL,
    added_at     BIGINT NOT NULL,
    cancelled_by TEXT NOT NULL DEFAULT '',
    cancelled_at BIGINT
);
CREATE INDEX absences_login ON absences (login, from_at);

-- +goose StatementBegin
CREATE TRIGGER absences_no_delete BEFORE DELETE ON absences
BEGIN SELECT RAISE(ABORT, 'absences are cancelled, never deleted'); END;
-- +goose StatementEnd
