package records

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The roles of users.
const (
	RoleAgent         = "agent"
	RoleSupervisor    = "supervisor" // the service manager
	RoleDispatcher    = "dispatcher"
	RoleEngineer      = "engineer" // carries out service orders: sees own orders and their customers' contact data, nothing else
	RoleAdministrator = "administrator"
)

// User is somebody who may log in, and the one home of an agent's phone account.
type User struct {
	Login       string         `db:"login"    json:"login"`
	Name        string         `db:"name"     json:"name"`
	Team        string         `db:"team"     json:"team"`
	Roles       []string       `db:"-"        json:"roles"`
	Skills      map[string]int `db:"-"        json:"skills"` // queue or skill → level, 1 (best) … 9
	WebRTC      bool           `db:"webrtc"   json:"webrtc"` // the phone is a browser
	Disabled    bool           `db:"disabled" json:"disabled"`
	HA1         string         `db:"ha1"      json:"-"` // MD5(login:hotline:secret), "" = no phone
	Look        `json:"-"`
	HasPassword bool      `db:"-"        json:"has_password"`
	CreatedAt   time.Time `db:"-"        json:"created_at"`
	LastLogin   time.Time `db:"-"        json:"last_login,omitzero"`
	LockedUntil time.Time `db:"-"        json:"locked_until,omitzero"`
	Version     int64     `db:"version"  json:"version"`
}

// Is reports whether the user has the role.
func (u User) Is(role string) bool { return slices.Contains(u.Roles, role) }

// loginPattern is what a login, which is also a phone account, may look like: nothing that could mean something in a dial
// string, a URL or a file name.
var loginPattern = regexp.MustCompile(`^[a-z][a-z0-9._-]{0,31}$`)

// ValidLogin reports whether a login may be used. Names that begin with "trunk" belong to trunks, "visitor-" to
// callers from a browser, "system" to the server itself.
func ValidLogin(login string) bool {
	return loginPattern.MatchString(login) && !strings.HasPrefix(login, "trunk") && !strings.HasPrefix(login, "visitor-") && login != "system"
}

type userRow struct {
	User
	PasswordHash string `db:"password_hash"`
	CreatedAt    stamp  `db:"created_at"`
	LastLoginAt  stamp  `db:"last_login_at"`
	FailedLogins int    `db:"failed_logins"`
	LockedUntil  stamp  `db:"locked_until"`
}

func (r userRow) user() User {
	u := r.User
	u.CreatedAt, u.LastLogin, u.LockedUntil = r.CreatedAt.time(), r.LastLoginAt.time(), r.LockedUntil.time()
	u.HasPassword = r.PasswordHash != ""
	u.Roles, u.Skills = []string{}, map[string]int{}
	return u
}

// Users lists all users by login, disabled ones included.
func (s *Store) Users(ctx context.Context) ([]User, error) {
	var out []User
	err := s.snapshot(ctx, "users", func(c conn) error {
		var rows []userRow
		if err := c.list(ctx, &rows, `SELECT * FROM users ORDER BY login`); err != nil {
			return err
		}
		out = mapped(rows, userRow.user)
		return c.fillUsers(ctx, out, `1 = 1`)
	})
	return out, err
}

// User gives one user. Errors: ErrNotFound.
func (s *Store) User(ctx context.Context, login string) (User, error) {
	var u User
	err := s.snapshot(ctx, "user", func(c conn) (err error) {
		u, err = c.user(ctx, login)
		return err
	})
	return u, err
}

func (c conn) user(ctx context.Context, login string) (User, error) {
	var row userRow
	found, err := c.find(ctx, &row, `SELECT * FROM users WHERE login = ?`, login)
	if err != nil {
		return User{}, err
	}
	if !found {
		return User{}, notFound("user", login)
	}
	users := []User{row.user()}
	err = c.fillUsers(ctx, users, `login = ?`, login)
	return users[0], err
}

// fillUsers adds roles and skills to users, which are sorted by login.
func (c conn) fillUsers(ctx context.Context, users []User, where string, args ...any) error {
	var roles []struct {
		Login string `db:"login"`
		Role  string `db:"role"`
	}
	if err := c.list(ctx, &roles, `SELECT login, role FROM user_roles WHERE `+where+` ORDER BY login, role`, args...); err != nil {
		return err
	}
	var skills []struct {
		Login string `db:"login"`
		Skill string `db:"skill"`
		Level int    `db:"level"`
	}
	if err := c.list(ctx, &skills, `SELECT login, skill, level FROM user_skills WHERE `+where, args...); err != nil {
		return err
	}
	find := func(login string) *User {
		i, ok := slices.BinarySearchFunc(users, login, func(u User, l string) int { return strings.Compare(u.Login, l) })
		if !ok {
			return &User{Skills: map[string]int{}} // added after the users were read: none of ours
		}
		return &users[i]
	}
	for _, r := range roles {
		u := find(r.Login)
		u.Roles = append(u.Roles, r.Role)
	}
	for _, k := range skills {
		find(k.Login).Skills[k.Skill] = k.Level
	}
	return nil
}
