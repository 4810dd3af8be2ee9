-- +goose Up
-- A rule that is pending is missing from this time on, if nothing happens until then: the report counts what nobody touches, too.
ALTER TABLE rule_verdicts ADD COLUMN missing_from BIGINT;
CREATE INDEX notices_case ON notices (case_number, kind);
