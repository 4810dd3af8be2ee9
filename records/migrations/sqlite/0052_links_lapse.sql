-- +goose Up
ALTER TABLE followups ADD COLUMN linked_at BIGINT; -- when the customer was sent the last link
CREATE INDEX followups_linked ON followups (linked_at) WHERE state = 'linked';
