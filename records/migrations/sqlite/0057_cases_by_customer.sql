-- +goose Up
-- The page of a customer, and the question whether an agent may change its contacts, look for a customer's cases.
CREATE INDEX cases_customer ON cases (customer_id, opened_at, number);
