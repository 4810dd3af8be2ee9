-- +goose Up
-- The number of the service order that a referral opened; '' where it opened none.
ALTER TABLE wrapups ADD COLUMN opened TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE wrapups DROP COLUMN opened;
