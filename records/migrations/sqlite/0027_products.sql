-- +goose Up
-- What customers have problems with. The configuration seeds it; afterwards these rows are what counts. Codes stand in cases and
-- stay; what is no longer in use is not offered any more.
CREATE TABLE products (
    code       TEXT PRIMARY KEY CHECK (code <> ''),
    zh         TEXT NOT NULL,
    en         TEXT NOT NULL,
    position   INTEGER NOT NULL,
    in_use     BOOLEAN NOT NULL DEFAULT TRUE,
    updated_at BIGINT NOT NULL
);

CREATE TABLE product_categories (
    product    TEXT NOT NULL REFERENCES products (code),
    code       TEXT NOT NULL CHECK (code <> ''),
    zh         TEXT NOT NULL,
    en         TEXT NOT NULL,
    position   INTEGER NOT NULL,
    in_use     BOOLEAN NOT NULL DEFAULT TRUE,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (product, code)
);
