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
-- Counted and sampled by kind without reading the cases themselves.
CREATE INDEX cases_kind ON cases (product, category, severity, opened_at);
CREATE INDEX cases_period ON cases (opened_at, product, category, state);
CREATE INDEX digests_from ON digests (from_at, id);

-- +goose StatementBegin
CREATE TRIGGER digests_no_update BEFORE UPDATE ON digests
BEGIN SELECT RAISE(ABORT, 'a digest is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER digests_no_delete BEFORE DELETE ON digests
BEGIN SELECT RAISE(ABORT, 'a digest is never deleted'); END;
-- +goose StatementEnd

-- The house's own number of a customer, by which lists from elsewhere know them.
ALTER TABLE customers ADD COLUMN code TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX customers_code ON customers (code) WHERE code <> '';

-- Files of customers and products on their way into the records. A file and what was seen of it go when the import ends.
CREATE TABLE imports (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('customers', 'products')),
    name        TEXT NOT NULL,
    size        BIGINT NOT NULL,
    sha256      TEXT NOT NULL,
    data        BLOB,
    state       TEXT NOT NULL CHECK (state IN ('uploaded', 'checked', 'applied', 'dropped')),
    mapping     TEXT NOT NULL DEFAULT '', -- JSON: the field of each column
    plan        TEXT NOT NULL DEFAULT '', -- JSON: what would be done
    hash        TEXT NOT NULL DEFAULT '', -- of exactly that
    note        TEXT NOT NULL DEFAULT '',
    uploaded_by TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    ended_by    TEXT NOT NULL DEFAULT '',
    ended_at    BIGINT,
    CHECK ((ended_at IS NOT NULL) = (state IN ('applied', 'dropped'))),
    CHECK ((data IS NULL) = (state IN ('applied', 'dropped')))
);
CREATE INDEX imports_at ON imports (uploaded_at, id);

-- +goose StatementBegin
CREATE TRIGGER imports_stay_ended BEFORE UPDATE ON imports
WHEN OLD.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an import that has ended stays as it is'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER imports_no_delete BEFORE DELETE ON imports
BEGIN SELECT RAISE(ABORT, 'imports are never deleted'); END;
-- +goose StatementEnd
