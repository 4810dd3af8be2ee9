package records

import (
	"context"
	"slices"
	"strings"
)

// NewUser is a user to add.
type NewUser struct {
	Login    string
	Name     string // shown to colleagues; the login when empty
	Team     string
	Roles    []string
	Skills   map[string]int
	WebRTC   bool
	Password string // "" = cannot log in until SetPassword
}

// UserChange changes what is not nil.
type UserChange struct {
	Name    *string
	Team    *string
	Roles   []string       // nil = unchanged
	Skills  map[string]int // nil = unchanged
	WebRTC  *bool
	Version int64 // the version that was seen; 0 = whatever it is now
}

// AddUser adds a user, recorded in the audit log. There is no default user. Errors: ErrInvalid, ErrExists.
func (s *Store) AddUser(ctx context.Context, n NewUser) (User, error) {
	n.Name, n.Team = line(n.Name), line(n.Team)
	set(&n.Name, n.Login)
	var f faults
	if !ValidLogin(n.Login) {
		f.add("login", "pattern", "Use up to 32 of a–z, 0–9, dot, underscore, hyphen, beginning with a letter, not with “trunk”.",
			"%q cannot be a login.", n.Login)
	}
	f.short("name", n.Name, maxLine)
	f.short("team", n.Team, maxLine)
	f.roles(n.Roles)
	f.skills(n.Skills)
	if n.Password != "" {
		f.password(n.Login, n.Password)
	}
	if err := f.problem(ErrInvalid, "user_invalid", "Mend the fields named.", "The user cannot be added like this."); err != nil {
		return User{}, err
	}
	hash, err := s.hashUnlessEmpty(ctx, n.Password)
	if err != nil {
		return User{}, err
	}
	var u User
	err = s.write(ctx, "add user", func(t *txn) error {
		err := t.do(ctx, `INSERT INTO users (login, name, team, password_hash, webrtc, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
			n.Login, n.Name, n.Team, hash, n.WebRTC, at(t.now))
		if s.dialect.unique(err) {
			return problem(ErrExists, "login_taken", "Choose another login.", "There is a user %q already.", n.Login)
		}
		if err != nil {
			return err
		}
		if err := t.setRoles(ctx, n.Login, n.Roles); err != nil {
			return err
		}
		if err := t.setSkills(ctx, n.Login, n.Skills); err != nil {
			return err
		}
		if u, err = t.user(ctx, n.Login); err != nil {
			return err
		}
		return t.audit(ctx, AuditEntry{Action: "user.add", Object: n.Login, Data: strings.Join(u.Roles, " ")})
	})
	return u, err
}

// UpdateUser changes a user, recorded in the audit log. Other roles end the user's sessions: what a session may do does not change
// behind its back. Errors: ErrNotFound, ErrInvalid, ErrConflict.
func (s *Store) UpdateUser(ctx context.Context, login string, c UserChange) (User, error) {
	var f faults
	if c.Name != nil {
		f.short("name", line(*c.Name), maxLine)
	}
	if c.Team != nil {
		f.short("team", line(*c.Team), maxLine)
	}
	f.roles(c.Roles)
	f.skills(c.Skills)
	if err := f.problem(ErrInvalid, "user_invalid", "Mend the fields named.", "The user cannot be changed like this."); err != nil {
		return User{}, err
	}
	return s.changeUser(ctx, "user.change", login, c.Version, func(t *txn, u User) (string, error) {
		if c.Name != nil {
			u.Name = line(*c.Name)
			set(&u.Name, login)
		}
		if c.Team != nil {
			u.Team = line(*c.Team)
		}
		if c.WebRTC != nil {
			u.WebRTC = *c.WebRTC
		}
		if err := t.do(ctx, `UPDATE users SET name = ?, team = ?, webrtc = ? WHERE login = ?`, u.Name, u.Team, u.WebRTC, login); err != nil {
			return "", err
		}
		if c.Roles != nil && !sameRoles(u.Roles, c.Roles) {
			if err := t.setRoles(ctx, login, c.Roles); err != nil {
				return "", err
			}
			if err := t.do(ctx, `DELETE FROM sessions WHERE login = ?`, login); err != nil {
				return "", err
			}
		}
		if c.Skills != nil {
			if err := t.setSkills(ctx, login, c.Skills); err != nil {
				return "", err
			}
		}
		return strings.Join(c.Roles, " "), nil
	})
}

// DisableUser locks a user out for good and ends their sessions. Their cases stay theirs until a manager overrides.
func (s *Store) DisableUser(ctx context.Context, login string) (User, error) {
	return s.changeUser(ctx, "user.disable", login, 0, func(t *txn, _ User) (string, error) {
		if err := t.do(ctx, `DELETE FROM sessions WHERE login = ?`, login); err != nil {
			return "", err
		}
		return "", t.do(ctx, `UPDATE users SET disabled = TRUE WHERE login = ?`, login)
	})
}

// EnableUser undoes DisableUser and clears a lock after wrong passwords.
func (s *Store) EnableUser(ctx context.Context, login string) (User, error) {
	return s.changeUser(ctx, "user.enable", login, 0, func(t *txn, _ User) (string, error) {
		return "", t.do(ctx, `UPDATE users SET disabled = FALSE, failed_logins = 0, locked_until = NULL WHERE login = ?`, login)
	})
}

// changeUser runs change on an existing user, bumps the version and writes the audit log. change returns what to note there.
func (s *Store) changeUser(ctx context.Context, action, login string, version int64,
	change func(*txn, User) (string, error),
) (User, error) {
	return s.changeUserWith(ctx, AuditEntry{Action: action, Object: login}, version, change)
}

// changeUserWith is changeUser with an entry of the audit log that says more; what change returns is its Data.
func (s *Store) changeUserWith(ctx context.Context, entry AuditEntry, version int64, change func(*txn, User) (string, error)) (User, error) {
	var out User
	login := entry.Object
	err := s.write(ctx, entry.Action, func(t *txn) error {
		u, err := t.user(ctx, login)
		if err != nil {
			return err
		}
		if version != 0 && version != u.Version {
			return stale("user", login, version, u.Version)
		}
		note, err := change(t, u)
		if err != nil {
			return err
		}
		if err := t.do(ctx, `UPDATE users SET version = version + 1 WHERE login = ?`, login); err != nil {
			return err
		}
		if out, err = t.user(ctx, login); err != nil {
			return err
		}
		entry.Data = note
		return t.audit(ctx, entry)
	})
	return out, err
}

func sameRoles(a, b []string) bool { return slices.Equal(rolesInOrder(a), rolesInOrder(b)) }

func rolesInOrder(roles []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(roles)))
}

func (t *txn) setRoles(ctx context.Context, login string, roles []string) error {
	if err := t.do(ctx, `DELETE FROM user_roles WHERE login = ?`, login); err != nil {
		return err
	}
	for _, r := range rolesInOrder(roles) {
		if err := t.do(ctx, `INSERT INTO user_roles (login, role) VALUES (?, ?)`, login, r); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) setSkills(ctx context.Context, login string, skills map[string]int) error {
	if err := t.do(ctx, `DELETE FROM user_skills WHERE login = ?`, login); err != nil {
		return err
	}
	for skill, level := range skills {
		if err := t.do(ctx, `INSERT INTO user_skills (login, skill, level) VALUES (?, ?, ?)`, login, skill, level); err != nil {
			return err
		}
	}
	return nil
}

func (f *faults) roles(roles []string) {
	for _, r := range roles {
		switch r {
		case RoleAgent, RoleEngineer, RoleSupervisor, RoleDispatcher, RoleAdministrator:
		default:
			f.add("roles", "unknown", "Use agent, supervisor, dispatcher or administrator.", "There is no role %q.", r)
		}
	}
}

func (f *faults) skills(skills map[string]int) {
	for skill, level := range skills {
		if skill == "" || skill != line(skill) || level < 1 || level > 9 {
			f.add("skills", "range", "Name the skill and give a level from 1 (best) to 9.", "%q at level %d is no skill.", skill, level)
		}
		f.short("skills", skill, maxLine)
	}
}
