package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"hotline/records"
)

// userCommand is `hotline user …`.
type userCommand struct {
	Add      userAddCommand      `cmd:"" help:"Add a user; a generated password is printed once."`
	List     userListCommand     `cmd:"" help:"List users."`
	Disable  userDisableCommand  `cmd:"" help:"Lock a user out and end their sessions; their cases stay theirs."`
	Enable   userEnableCommand   `cmd:"" help:"Let a disabled or locked user in again."`
	Password userPasswordCommand `cmd:"" help:"Give a user a new password; a generated one is printed once."`
	Phone    userPhoneCommand    `cmd:"" help:"Give a user's phone a new secret, printed once."`
}

type userAddCommand struct {
	Login   string         `arg:"" help:"Login, also the name of the phone account: a letter, then letters, digits, dot, underscore, hyphen."`
	Name    string         `help:"Name that colleagues see; default is the login."`
	Team    string         `help:"Team, as the ladder's steps name it."`
	Role    []string       `default:"agent" enum:"agent,engineer,supervisor,dispatcher,administrator" help:"Roles: agent, engineer (carries out service orders), supervisor (service manager), dispatcher, administrator."`
	Skill   map[string]int `mapsep:"," placeholder:"SKILL=LEVEL" help:"Skills with level, 1 (best) to 9, e.g. service=1,printing=3."`
	WebRTC  bool           `name:"webrtc" help:"The phone is a browser."`
	NoPhone bool           `help:"Make no phone account."`
	Ask     bool           `help:"Ask for the password, or read it from standard input, instead of generating one."`
}

// Run adds the user and prints what must be told to them.
func (c *userAddCommand) Run(ctx context.Context, around surroundings, line *commandLine) error {
	secret, generated, err := choosePassword(around, c.Ask)
	if err != nil {
		return err
	}
	return withRecords(ctx, around, line, openRecords, func(store *records.Store) error {
		user, err := store.AddUser(ctx, records.NewUser{
			Login: c.Login, Name: c.Name, Team: c.Team, Roles: c.Role, Skills: c.Skill, WebRTC: c.WebRTC, Password: secret,
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(around.stdout, "added %s (%s)\n", user.Login, strings.Join(user.Roles, ", "))
		if generated {
			fmt.Fprintf(around.stdout, "password, shown this once: %s\n", secret)
		}
		if c.NoPhone || !user.Is(records.RoleAgent) && !user.Is(records.RoleSupervisor) {
			return nil // nobody rings a phone of theirs
		}
		return newPhoneSecret(ctx, around, store, user.Login)
	})
}

type userListCommand struct {
	JSON bool `name:"json" help:"One JSON array."`
}

// Run lists all users by login.
func (c *userListCommand) Run(ctx context.Context, around surroundings, line *commandLine) error {
	return withRecords(ctx, around, line, existingRecords, func(store *records.Store) error {
		users, err := store.Users(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			encoder := json.NewEncoder(around.stdout)
			encoder.SetIndent("", "  ")
			return encoder.Encode(users)
		}
		table := tabwriter.NewWriter(around.stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(table, "LOGIN\tNAME\tTEAM\tROLES\tSKILLS\tPHONE\tSTATE\tLAST LOGIN")
		for _, u := range users {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", u.Login, u.Name, u.Team, strings.Join(u.Roles, ","),
				skillList(u.Skills), phoneOf(u), stateOf(u, time.Now()), lastLogin(u))
		}
		return table.Flush()
	})
}

type userDisableCommand struct {
	Login string `arg:""`
}

// Run disables the user.
func (c *userDisableCommand) Run(ctx context.Context, around surroundings, line *commandLine) error {
	return withRecords(ctx, around, line, existingRecords, func(store *records.Store) error {
		user, err := store.DisableUser(ctx, c.Login)
		if err != nil {
			return err
		}
		fmt.Fprintf(around.stdout, "%s is disabled\n", user.Login)
		return nil
	})
}

type userEnableCommand struct {
	Login string `arg:""`
}

// Run undoes disable and lifts a lock.
func (c *userEnableCommand) Run(ctx context.Context, around surroundings, line *commandLine) error {
	return withRecords(ctx, around, line, existingRecords, func(store *records.Store) error {
		user, err := store.EnableUser(ctx, c.Login)
		if err != nil {
			return err
		}
		fmt.Fprintf(around.stdout, "%s is enabled\n", user.Login)
		return nil
	})
}

type userPasswordCommand struct {
	Login string `arg:""`
	Ask   bool   `help:"Ask for the password, or read it from standard input, instead of generating one."`
}

// Run sets a new password and ends the user's sessions.
func (c *userPasswordCommand) Run(ctx context.Context, around surroundings, line *commandLine) error {
	secret, generated, err := choosePassword(around, c.Ask)
	if err != nil {
		return err
	}
	return withRecords(ctx, around, line, existingRecords, func(store *records.Store) error {
		if err := store.SetPassword(ctx, c.Login, secret); err != nil {
			return err
		}
		fmt.Fprintf(around.stdout, "%s has a new password and is logged out everywhere\n", c.Login)
		if generated {
			fmt.Fprintf(around.stdout, "password, shown this once: %s\n", secret)
		}
		return nil
	})
}

type userPhoneCommand struct {
	Login string `arg:""`
}

// Run makes a new phone secret.
func (c *userPhoneCommand) Run(ctx context.Context, around surroundings, line *commandLine) error {
	return withRecords(ctx, around, line, existingRecords, func(store *records.Store) error {
		return newPhoneSecret(ctx, around, store, c.Login)
	})
}

func newPhoneSecret(ctx context.Context, around surroundings, store *records.Store, login string) error {
	secret, err := store.SetPhoneSecret(ctx, login)
	if err != nil {
		return err
	}
	fmt.Fprintf(around.stdout, "phone account %s, realm %s, secret, shown this once: %s\n", login, records.SIPRealm, secret)
	return nil
}

func skillList(skills map[string]int) string {
	list := make([]string, 0, len(skills))
	for _, skill := range slices.Sorted(maps.Keys(skills)) {
		list = append(list, fmt.Sprintf("%s=%d", skill, skills[skill]))
	}
	return strings.Join(list, ",")
}

func phoneOf(u records.User) string {
	switch {
	case u.HA1 == "":
		return "none"
	case u.WebRTC:
		return "browser"
	}
	return "SIP"
}

func stateOf(u records.User, now time.Time) string {
	switch {
	case u.Disabled:
		return "disabled"
	case now.Before(u.LockedUntil):
		return "locked"
	case !u.HasPassword:
		return "no password"
	}
	return "active"
}

func lastLogin(u records.User) string {
	if u.LastLogin.IsZero() {
		return "never"
	}
	return u.LastLogin.Local().Format(time.DateTime)
}
