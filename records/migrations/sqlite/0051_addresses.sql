-- +goose Up
ALTER TABLE customers ADD COLUMN address TEXT NOT NULL DEFAULT ''; -- where engineers go
ALTER TABLE contacts ADD COLUMN language TEXT NOT NULL DEFAULT '' CHECK (language IN ('', 'zh', 'en')); -- '' = that of the queue that was called
