-- +goose Up
-- Known solutions as they are searched: solved cases, and whatever else gives answers (kind, ref). It holds nothing that
-- cannot be made again from the records.
CREATE TABLE search_docs (
    doc      BIGINT PRIMARY KEY, -- grows: a later document is a newer one
    kind     TEXT NOT NULL,
    ref      TEXT NOT NULL,
    title    TEXT NOT NULL,
    symptom  TEXT NOT NULL,
    solution TEXT NOT NULL,
    product  TEXT NOT NULL,
    category TEXT NOT NULL,
    at       BIGINT NOT NULL,
    UNIQUE (kind, ref)
);

-- Which documents contain a gram (two neighbouring Chinese characters, three letters): offsets of 16 bits within a chunk of
-- documents. Documents that are gone stay in here until the next rebuilding and are passed over.
CREATE TABLE search_postings (
    gram  BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    docs  BLOB NOT NULL,
    PRIMARY KEY (gram, chunk)
);

-- How far the index was made from what the records held before: the last wrap-up that is in it.
CREATE TABLE search_progress (after TEXT NOT NULL);
