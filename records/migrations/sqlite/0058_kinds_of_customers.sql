-- +goose Up
ALTER TABLE customers ADD COLUMN kind TEXT NOT NULL DEFAULT 'organisation' CHECK (kind IN ('organisation', 'person'));
