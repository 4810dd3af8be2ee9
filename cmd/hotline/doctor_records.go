package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"hotline/configs"
)

// diagnoseRecords examines the database: opens, is of this version, can be read.
func diagnoseRecords(ctx context.Context, cfg configs.Config) []diagnosis {
	path := recordsPath(cfg)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return []diagnosis{{part: "records", good: true, detail: path + " is not there yet; the server or `hotline user add` makes it"}}
	}
	store, err := openRecords(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return []diagnosis{{
			part: "records", detail: fmt.Sprintf("%s does not open: %v", path, err),
			mend: "check that the file belongs to this user and that no other program holds it locked; else restore a backup",
		}}
	}
	users, err := store.Users(ctx)
	calendars := diagnoseCalendars(ctx, cfg, store, time.Now())
	if err = errors.Join(err, store.Close()); err != nil {
		return []diagnosis{{part: "records", detail: fmt.Sprintf("%s: %v", path, err), mend: "check the disk; else restore a backup"}}
	}
	found := append([]diagnosis{{part: "records", good: true, detail: path + " opens"}}, calendars...)
	if len(users) == 0 {
		found = append(found, diagnosis{part: "users", detail: "there is none: nobody can log in", mend: "hotline user add NAME --role administrator"})
	}
	return found
}
