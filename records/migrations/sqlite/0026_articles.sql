-- +goose Up
-- Known solutions (K-…) and news of products and services (N-…). What an article says lies in its versions, which are never
-- edited; this row only says where it stands and which version is shown to whom.
CREATE TABLE articles (
    number      TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('article', 'news')),
    from_case   TEXT REFERENCES cases (number),
    state       TEXT NOT NULL CHECK (state IN ('draft', 'review', 'published', 'withdrawn')),
    latest      BIGINT NOT NULL,           -- the newest version
    live        BIGINT NOT NULL DEFAULT 0, -- the version that is shown; 0 = none
    audience    TEXT NOT NULL DEFAULT '' CHECK (audience IN ('', 'staff', 'customers')),
    shown_from  BIGINT,
    shown_until BIGINT,
    created_by  TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    lock        BIGINT NOT NULL DEFAULT 1,
    CHECK ((live > 0) = (audience <> '')),
    CHECK (live = 0 OR shown_from IS NOT NULL)
);
CREATE INDEX articles_updated ON articles (updated_at, number);
CREATE INDEX articles_shown ON articles (kind, live, shown_from);

CREATE TABLE article_versions (
    number     TEXT NOT NULL REFERENCES articles (number),
    version    BIGINT NOT NULL,
    title_zh   TEXT NOT NULL,
    title_en   TEXT NOT NULL,
    symptom_zh TEXT NOT NULL,
    symptom_en TEXT NOT NULL,
    body_zh    TEXT NOT NULL,
    body_en    TEXT NOT NULL,
    product    TEXT NOT NULL,
    category   TEXT NOT NULL,
    author     TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (number, version)
);

-- What was done with an article, by whom and why.
CREATE TABLE article_events (
    number      TEXT NOT NULL REFERENCES articles (number),
    seq         BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    actor       TEXT NOT NULL,
    input       TEXT NOT NULL,
    version     BIGINT NOT NULL,
    audience    TEXT NOT NULL DEFAULT '',
    shown_from  BIGINT,
    shown_until BIGINT,
    reason      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (number, seq)
);

-- Who has read which version of a piece of news.
CREATE TABLE article_reads (
    login   TEXT NOT NULL,
    number  TEXT NOT NULL REFERENCES articles (number),
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (login, number, version)
);

-- Which version was used, and whether it helped: '' as long as the case says nothing else, 'not_helped' when it did not.
ALTER TABLE solution_uses ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE solution_uses ADD COLUMN outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'not_helped'));

-- +goose StatementBegin
CREATE TRIGGER article_versions_no_update BEFORE UPDATE ON article_versions
BEGIN SELECT RAISE(ABORT, 'a version of an article is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER article_versions_no_delete BEFORE DELETE ON article_versions
BEGIN SELECT RAISE(ABORT, 'a version of an article is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER article_events_no_update BEFORE UPDATE ON article_events
BEGIN SELECT RAISE(ABORT, 'the history of an article is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER article_events_no_delete BEFORE DELETE ON article_events
BEGIN SELECT RAISE(ABORT, 'the history of an article is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER articles_no_delete BEFORE DELETE ON articles
BEGIN SELECT RAISE(ABORT, 'articles are withdrawn, not deleted'); END;
-- +goose StatementEnd
