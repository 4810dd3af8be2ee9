-- +goose Up
-- What customers reported about products in a period, as it was told then: examples are masked before they are kept.
CREATE TABLE digests (
    id      TEXT PRIMARY KEY,
    period  TEXT NOT NULL CHECK (period IN ('day', 'week', 'month')),
    from_at BIGINT NOT NULL,
    to_at   BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    cases   BIGINT NOT NULL,
    body    TEXT NOT NULL, -- JSON
    UNIQUE (period, from_at)
);
CREATE INDEX digests_from ON digests (from_at, id);

-- +goose StatementBegin
CREATE TRIGGER digests_no_update BEFORE UPDATE ON digests
BEGIN SELECT RAISE(ABORT, 'a digest is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER digests_no_delete BEFORE DELETE ON digests
BEGIN SELECT RAISE(ABORT, 'a digest is never deleted'); END;
-- +goose StatementEnd
