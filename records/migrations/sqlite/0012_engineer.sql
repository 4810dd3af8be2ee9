-- +goose Up
-- A new role: engineer, who carries out service orders. A CHECK cannot be changed in place.
CREATE TABLE user_roles_new (
    login TEXT NOT NULL REFERENCES users (login),
    role  TEXT NOT NULL CHECK (role IN ('agent', 'engineer', 'supervisor', 'dispatcher', 'administrator')),
    PRIMARY KEY (login, role)
);
INSERT INTO user_roles_new (login, role) SELECT login, role FROM user_roles;
DROP TABLE user_roles;
ALTER TABLE user_roles_new RENAME TO user_roles;
