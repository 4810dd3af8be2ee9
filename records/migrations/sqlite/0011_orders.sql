-- +goose Up
-- The text of every version of a procedure that an order was ever opened with.
CREATE TABLE procedures (
    code    TEXT NOT NULL,
    version BIGINT NOT NULL,
    digest  TEXT NOT NULL, -- SHA-256 of source, hex
    source  TEXT NOT NULL, -- YAML
    kept_at BIGINT NOT NULL,
    PRIMARY KEY (code, version)
);

CREATE TABLE orders (
    id                TEXT PRIMARY KEY,
    number            TEXT NOT NULL UNIQUE, -- S-20261122-0001
    kind              TEXT NOT NULL,
    procedure         TEXT NOT NULL,
    procedure_version BIGINT NOT NULL,
    case_number       TEXT REFERENCES cases (number),
    escalation        TEXT REFERENCES escalations (id),
    customer_id       TEXT REFERENCES customers (id),
    contact_id        TEXT REFERENCES contacts (id),
    contact_name      TEXT NOT NULL DEFAULT '',
    contact_number    TEXT NOT NULL DEFAULT '',
    region            TEXT NOT NULL DEFAULT '',
    service_centre    TEXT NOT NULL DEFAULT '',
    product           TEXT NOT NULL DEFAULT '',
    subject           TEXT NOT NULL DEFAULT '',
    situation         TEXT NOT NULL DEFAULT '',
    engineer          TEXT NOT NULL DEFAULT '',
    manager           TEXT NOT NULL DEFAULT '',
    state             TEXT NOT NULL CHECK (state IN ('open', 'assigned', 'running', 'paused', 'done', 'continued', 'cancelled')),
    previous          TEXT REFERENCES orders (id),
    next              TEXT REFERENCES orders (id),
    promised_from     BIGINT, -- told to the customer
    promised_to       BIGINT,
    planned_from      BIGINT, -- our own plan
    planned_to        BIGINT,
    respond_by        BIGINT,
    opened_by         TEXT NOT NULL,
    opened_at         BIGINT NOT NULL,
    ended_at          BIGINT,
    reason            TEXT NOT NULL DEFAULT '', -- of the last pause, continuation or cancellation
    result            TEXT NOT NULL DEFAULT '', -- what was done
    data              TEXT NOT NULL DEFAULT '{}', -- JSON, what only this kind has
    version           BIGINT NOT NULL DEFAULT 1,
    FOREIGN KEY (procedure, procedure_version) REFERENCES procedures (code, version),
    CHECK ((ended_at IS NOT NULL) = (state IN ('done', 'continued', 'cancelled')))
);
CREATE INDEX orders_opened ON orders (opened_at, id);
CREATE INDEX orders_kind ON orders (kind, opened_at, id);
CREATE INDEX orders_state ON orders (state, opened_at, id);
CREATE INDEX orders_engineer ON orders (engineer, opened_at, id);
CREATE INDEX orders_centre ON orders (service_centre, opened_at, id);
CREATE INDEX orders_customer ON orders (customer_id, opened_at, id);
CREATE INDEX orders_case ON orders (case_number);
CREATE UNIQUE INDEX orders_escalation ON orders (escalation) WHERE escalation IS NOT NULL AND previous IS NULL;
CREATE INDEX orders_planned ON orders (planned_from) WHERE planned_from IS NOT NULL;

-- Who else takes part: in a consultation, a class, a project.
CREATE TABLE order_people (
    order_id TEXT NOT NULL REFERENCES orders (id),
    login    TEXT NOT NULL REFERENCES users (login),
    part     TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (order_id, login)
);
CREATE INDEX order_people_login ON order_people (login);

-- How each step was settled. Never edited: the same stands in the chain of evidence.
CREATE TABLE order_steps (
    order_id TEXT NOT NULL REFERENCES orders (id),
    step     TEXT NOT NULL,
    outcome  TEXT NOT NULL CHECK (outcome IN ('done', 'waived', 'overridden', 'carried')),
    was      TEXT NOT NULL DEFAULT '', -- of a carried step: how it was settled first
    settled_in TEXT NOT NULL DEFAULT '', -- of a carried step: the order where
    actor    TEXT NOT NULL,
    role     TEXT NOT NULL DEFAULT '',
    reason   TEXT NOT NULL DEFAULT '',
    at       BIGINT NOT NULL,
    PRIMARY KEY (order_id, step)
);

-- Files of orders. Their bytes lie in the data directory, by their SHA-256, beside the attachments of cases.
CREATE TABLE files (
    id       TEXT PRIMARY KEY,
    sha256   TEXT NOT NULL,
    name     TEXT NOT NULL,
    size     BIGINT NOT NULL,
    media    TEXT NOT NULL, -- sniffed from the bytes, never believed from the sender
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL
);
CREATE INDEX files_sha256 ON files (sha256);

-- Evidence and events of orders, one chain for each case (or for an order that has none).
CREATE TABLE evidence (
    id          TEXT PRIMARY KEY,
    chain       TEXT NOT NULL, -- case number, or order id
    seq         BIGINT NOT NULL,
    order_id    TEXT NOT NULL DEFAULT '',
    case_number TEXT NOT NULL DEFAULT '',
    step        TEXT NOT NULL DEFAULT '',
    need        TEXT NOT NULL DEFAULT '',
    kind        TEXT NOT NULL,
    actor       TEXT NOT NULL,
    role        TEXT NOT NULL DEFAULT '',
    via         TEXT NOT NULL DEFAULT '',
    body        TEXT NOT NULL DEFAULT '',
    file        TEXT REFERENCES files (id),
    sha256      TEXT NOT NULL DEFAULT '',
    at          BIGINT NOT NULL,
    device_at   BIGINT,
    client      TEXT NOT NULL DEFAULT '', -- id made by the client
    prev        TEXT NOT NULL,
    hash        TEXT NOT NULL,
    UNIQUE (chain, seq)
);
CREATE UNIQUE INDEX evidence_client ON evidence (client) WHERE client <> '';
CREATE INDEX evidence_order ON evidence (order_id, seq);

CREATE TABLE evidence_heads (
    chain TEXT PRIMARY KEY,
    count BIGINT NOT NULL,
    hash  TEXT NOT NULL
);

-- Clocks of orders and cases. A row begins a segment and ends the one before it; deadlines are derived.
CREATE TABLE clock_segments (
    subject  TEXT NOT NULL, -- order id or case number
    clock    TEXT NOT NULL,
    seq      BIGINT NOT NULL,
    from_at  BIGINT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('running', 'held', 'stopped')),
    within   BIGINT NOT NULL, -- microseconds of working time agreed in all
    calendar TEXT NOT NULL DEFAULT '', -- '' counts every hour
    reason   TEXT NOT NULL DEFAULT '',
    actor    TEXT NOT NULL,
    PRIMARY KEY (subject, clock, seq)
);

-- Verdicts of quality rules: a projection of what stands above, kept up with every change, for the report.
CREATE TABLE rule_verdicts (
    order_id TEXT NOT NULL REFERENCES orders (id),
    rule     TEXT NOT NULL,
    verdict  TEXT NOT NULL CHECK (verdict IN ('pending', 'proven', 'waived', 'missing')),
    PRIMARY KEY (order_id, rule)
);
CREATE INDEX rule_verdicts_verdict ON rule_verdicts (rule, verdict);

-- +goose StatementBegin
CREATE TRIGGER procedures_no_update BEFORE UPDATE ON procedures
BEGIN SELECT RAISE(ABORT, 'a version of a procedure that was used is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER procedures_no_delete BEFORE DELETE ON procedures
BEGIN SELECT RAISE(ABORT, 'a version of a procedure that was used is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER order_steps_no_update BEFORE UPDATE ON order_steps
BEGIN SELECT RAISE(ABORT, 'how a step was settled is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER order_steps_no_delete BEFORE DELETE ON order_steps
BEGIN SELECT RAISE(ABORT, 'how a step was settled is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER files_no_update BEFORE UPDATE ON files
BEGIN SELECT RAISE(ABORT, 'a file is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER files_no_delete BEFORE DELETE ON files
BEGIN SELECT RAISE(ABORT, 'a file is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clock_segments_no_update BEFORE UPDATE ON clock_segments
BEGIN SELECT RAISE(ABORT, 'the segments of clocks are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clock_segments_no_delete BEFORE DELETE ON clock_segments
BEGIN SELECT RAISE(ABORT, 'the segments of clocks are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER orders_no_delete BEFORE DELETE ON orders
BEGIN SELECT RAISE(ABORT, 'orders are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER orders_stay_ended BEFORE UPDATE OF state, ended_at, procedure, procedure_version, case_number ON orders
WHEN OLD.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an ended order stays as it is'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER orders_keep_procedure BEFORE UPDATE OF procedure, procedure_version, case_number, escalation, number ON orders
BEGIN SELECT RAISE(ABORT, 'an order keeps its procedure, case and number'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER evidence_heads_grow BEFORE UPDATE ON evidence_heads
WHEN NEW.count < OLD.count OR NEW.chain <> OLD.chain
BEGIN SELECT RAISE(ABORT, 'chains only grow'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER evidence_heads_no_delete BEFORE DELETE ON evidence_heads
BEGIN SELECT RAISE(ABORT, 'chains are never deleted'); END;
-- +goose StatementEnd
