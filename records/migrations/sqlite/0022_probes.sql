-- +goose Up
-- What was seen of the ports that customers opened for remote service.
CREATE TABLE port_probes (
    id        TEXT PRIMARY KEY,
    order_id  TEXT NOT NULL REFERENCES orders (id),
    phase     TEXT NOT NULL CHECK (phase IN ('opening', 'closing')),
    host      TEXT NOT NULL,
    port      INTEGER NOT NULL,
    outcome   TEXT NOT NULL CHECK (outcome IN ('open', 'closed', 'unknown')),
    reason    TEXT NOT NULL,
    addresses TEXT NOT NULL, -- JSON; the closing looks at those of the opening
    looks     TEXT NOT NULL, -- JSON
    actor     TEXT NOT NULL,
    at        BIGINT NOT NULL,
    took      BIGINT NOT NULL -- microseconds
);
CREATE INDEX port_probes_order ON port_probes (order_id, at);

-- +goose StatementBegin
CREATE TRIGGER port_probes_no_update BEFORE UPDATE ON port_probes
BEGIN SELECT RAISE(ABORT, 'what was seen is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER port_probes_no_delete BEFORE DELETE ON port_probes
BEGIN SELECT RAISE(ABORT, 'what was seen is never deleted'); END;
-- +goose StatementEnd
