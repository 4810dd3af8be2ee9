package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"hotline/configs"
	"hotline/configs/surveys"
	"hotline/records"
	"hotline/records/instrument"
	"hotline/records/sampling"
)

// recordsPath is where the records lie.
func recordsPath(cfg configs.Config) string { return filepath.Join(cfg.Data.Dir, "hotline.db") }

// openRecords opens the records, making directory and file when they are not there.
func openRecords(ctx context.Context, cfg configs.Config, log *slog.Logger) (*records.Store, error) {
	return openRecordsWith(ctx, cfg, log, func(*records.Options) {})
}

// openRecordsWith is openRecords for who serves with them.
func openRecordsWith(ctx context.Context, cfg configs.Config, log *slog.Logger, with func(*records.Options)) (*records.Store, error) {
	if err := os.MkdirAll(cfg.Data.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	zone, err := time.LoadLocation(cfg.Timezone)
	if err != nil {
		return nil, fmt.Errorf("time zone: %w", err)
	}
	form, err := instrument.Parse("satisfaction.yaml", surveys.Satisfaction)
	if err != nil {
		return nil, err
	}
	working, err := readCalendars(cfg)
	if err != nil {
		return nil, err
	}
	definitions, err := procedureFiles(cfg.Procedures.Dir)
	if err != nil {
		return nil, err
	}
	asked, err := questionnaireFiles(cfg.Questionnaires.Dir)
	if err != nil {
		return nil, err
	}
	opt := records.Options{
		Sampling: sampling.Rule(cfg.FollowUp.Sample), LowScore: cfg.FollowUp.LowScore, Form: form,
		Path: recordsPath(cfg), Region: cfg.Hotlines[0].Region, Zone: zone, Log: log,
		RespondWithin: map[string]time.Duration{"remote": cfg.Escalations.Remote, "onsite": cfg.Escalations.Onsite},
		CentreOf:      centreOf(cfg.Centres), LanguageOf: languageOf(cfg.Queues), Departments: departments(cfg), Referrals: referrals(cfg),
		Calendars: working.records(cfg), Procedures: definitions, Questionnaires: asked, Channels: channels(cfg),
		Files:       filepath.Join(cfg.Data.Dir, "files"),
		SessionIdle: cfg.Security.SessionIdle, SessionMax: cfg.Security.SessionLifetime,
		LockAfter: cfg.Security.LoginAttempts, LockFor: cfg.Security.LoginLockout,
	}
	if opt.Links, err = linkKeys(cfg); err != nil {
		return nil, err
	}
	with(&opt)
	return records.Open(ctx, opt)
}

func departments(cfg configs.Config) []string {
	codes := make([]string, len(cfg.Departments))
	for i, d := range cfg.Departments {
		codes[i] = d.Code
	}
	return codes
}

// referrals are the services that departments stand for.
func referrals(cfg configs.Config) map[string]string {
	of := map[string]string{}
	for _, d := range cfg.Departments {
		if d.Service != "" {
			of[d.Code] = d.Service
		}
	}
	return of
}

// centreOf gives the service centre of a region: the one that names it, else the one that serves every other ("*").
func centreOf(centres []configs.ServiceCentre) func(region string) string {
	of := map[string]string{}
	for _, c := range centres {
		for _, region := range c.Regions {
			of[region] = c.Name
		}
	}
	return func(region string) string { return cmp.Or(of[region], of["*"]) }
}

// languageOf gives the language of a queue.
func languageOf(queues []configs.Queue) func(queue string) string {
	of := map[string]string{}
	for _, q := range queues {
		of[q.Name] = q.Language
	}
	return func(queue string) string { return of[queue] }
}

// existingRecords opens records that must be there already: looking must not make an empty database.
func existingRecords(ctx context.Context, cfg configs.Config, log *slog.Logger) (*records.Store, error) {
	if _, err := os.Stat(recordsPath(cfg)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there are no records at %s; name their directory with --data or data.dir", recordsPath(cfg))
	}
	return openRecords(ctx, cfg, log)
}

// withRecords runs do on records opened for one command.
func withRecords(ctx context.Context, around surroundings, line *commandLine,
	open func(context.Context, configs.Config, *slog.Logger) (*records.Store, error), do func(*records.Store) error,
) error {
	cfg, err := line.settings(around)
	if err != nil {
		return err
	}
	store, err := open(ctx, cfg, slog.New(slog.NewTextHandler(around.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	return errors.Join(do(store), store.Close())
}
