-- +goose Up
-- Documents that left the house: what a QR code on paper is checked against.
CREATE TABLE issued (
    id          TEXT PRIMARY KEY,
    number      TEXT NOT NULL, -- printed on it
    kind        TEXT NOT NULL,
    hash        TEXT NOT NULL, -- SHA-256 of the content without signatures, printed on it
    file        TEXT NOT NULL REFERENCES files (id),
    sha256      TEXT NOT NULL, -- of the file
    order_id    TEXT NOT NULL DEFAULT '',
    case_number TEXT NOT NULL DEFAULT '',
    issued_by   TEXT NOT NULL,
    issued_at   BIGINT NOT NULL,
    UNIQUE (number, sha256)
);
CREATE INDEX issued_number ON issued (number, issued_at, id);
CREATE INDEX issued_order ON issued (order_id, issued_at, id);

-- +goose StatementBegin
CREATE TRIGGER issued_no_update BEFORE UPDATE ON issued
BEGIN SELECT RAISE(ABORT, 'an issued document is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER issued_no_delete BEFORE DELETE ON issued
BEGIN SELECT RAISE(ABORT, 'an issued document is never deleted'); END;
-- +goose StatementEnd
