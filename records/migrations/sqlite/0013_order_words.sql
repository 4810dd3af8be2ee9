-- +goose Up
-- What a search of orders looks at, in one index: it need not read the orders themselves.
CREATE INDEX orders_words ON orders (subject, customer_id, number, id);
