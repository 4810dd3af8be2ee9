-- +goose Up
-- The worklist and the list of all are read in the order of their time, page by page.
CREATE INDEX followups_by_due ON followups (due_at, id);
CREATE INDEX followups_open ON followups (due_at, id) WHERE state IN ('due', 'linked');
