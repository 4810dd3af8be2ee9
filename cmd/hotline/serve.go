package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"hotline/configs"
	"hotline/queue"
	"hotline/records"
)

type serveCommand struct {
	Dev bool `help:"Show the pages for developers, /design among them."`
}

// Run serves until the process is asked to end.
func (c serveCommand) Run(ctx context.Context, around surroundings, line *commandLine) error {
	cfg, err := line.settings(around)
	if err != nil {
		return err
	}
	if err := cfg.ReadSecrets(); err != nil {
		return err
	}
	if err := keepMemoryPrivate(); err != nil {
		return err
	}
	return serve(ctx, cfg, c.Dev, around.stdout, logger(cfg.Log, around.stderr))
}

func logger(cfg configs.Log, out io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		level = slog.LevelInfo
	}
	opt := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.New(slog.NewJSONHandler(out, opt))
	}
	return slog.New(slog.NewTextHandler(out, opt))
}

// firstAdministrator makes the administrator of a hotline that has none, with a generated password that is printed once and
// kept nowhere. There is no default account. With the embedded switch they take calls in the browser as well, so that one person
// can try everything.
func firstAdministrator(ctx context.Context, cfg configs.Config, store *records.Store, out io.Writer) error {
	users, err := store.Users(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(users, func(u records.User) bool { return u.Is(records.RoleAdministrator) }) {
		return nil
	}
	password := rand.Text()
	first := records.NewUser{
		Login: "admin", Name: "Administrator", Roles: []string{records.RoleAdministrator, records.RoleSupervisor}, Password: password,
	}
	if slices.ContainsFunc(cfg.Switches, func(s configs.Switch) bool { return s.Kind == configs.SwitchEmbedded }) {
		first.Roles, first.WebRTC, first.Skills = append(first.Roles, records.RoleAgent), true, map[string]int{}
		for _, q := range cfg.Queues {
			first.Skills[q.Skill] = 1
		}
	}
	if _, err := store.AddUser(ctx, first); err != nil {
		return fmt.Errorf("first administrator: %w", err)
	}
	fmt.Fprintf(out, "\nFirst start. Log in as  admin  with the password  %s\nIt is shown this once; `hotline user password admin` makes another.\n\n", password)
	return nil
}

// replay tells the live numbers what happened today before this process began, from the journal they are computed from.
func replay(ctx context.Context, store *records.Store, d *queue.Distributor, zone *time.Location) error {
	now := time.Now().In(zone)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	return store.JournalSince(ctx, midnight, func(e records.JournalEntry) error {
		var event queue.Event
		if err := json.Unmarshal(e.Data, &event); err != nil {
			return nil //nolint:nilerr // an entry of another writer counts for nothing here
		}
		d.Replay(event)
		return nil
	})
}
