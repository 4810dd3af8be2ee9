package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"hotline/configs"
	"hotline/records"
	"hotline/records/probe"
	"hotline/records/vault"
	"hotline/web/remote"
	"hotline/web/ui"
)

// remoteService gives the records what remote orders need: the vault of customers' login information and the eye on their ports.
func remoteService(cfg configs.Config) (func(*records.Options), error) {
	secrets, err := openVault(cfg)
	if err != nil {
		return nil, err
	}
	look := probe.Options{Timeout: cfg.Probe.Timeout}
	for _, t := range cfg.Probe.Allow {
		rule, err := probe.ParseRule(t.Target, t.Ports)
		if err != nil {
			return nil, fmt.Errorf("probe.allow: %w", err)
		}
		look.Allow = append(look.Allow, rule)
	}
	return func(o *records.Options) {
		o.Vault, o.VaultLimit, o.VaultCeiling = secrets, cfg.Vault.Limit, cfg.Vault.Ceiling
		o.Probe = probe.New(look)
	}, nil
}

// remotePages is what the pages of remote service need.
func remotePages(cfg configs.Config, pages *ui.Pages, store *records.Store, log *slog.Logger) remote.Options {
	return remote.Options{
		Pages: pages, Records: store, Company: cfg.Company, Hotline: numberToCall(cfg), PublicURL: publicURL(cfg), Log: log,
	}
}

func openVault(cfg configs.Config) (*vault.Vault, error) {
	if err := os.MkdirAll(cfg.Data.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	return vault.Open(vault.Options{
		Dir: cmp.Or(cfg.Vault.Dir, filepath.Join(cfg.Data.Dir, "vault")),
		Key: cfg.Vault.Key, KeyFile: cmp.Or(cfg.Vault.KeyFile, filepath.Join(cfg.Data.Dir, "vault.key")),
	})
}

// vaultSweepEvery is how long a session can outlive its time limit on the disk. Nobody reads it in that time: readers look at the clock themselves.
const vaultSweepEvery = 5 * time.Second

// vaultSweep destroys the keys of sessions whose time has passed, and what a crash left.
type vaultSweep struct {
	store *records.Store
	log   *slog.Logger
}

func (v *vaultSweep) Run(ctx context.Context) error {
	tick := time.NewTicker(vaultSweepEvery)
	defer tick.Stop()
	for {
		switch n, err := v.store.SweepVault(ctx); {
		case err != nil && ctx.Err() == nil:
			v.log.Error("keys of ended remote sessions cannot be destroyed now; it is tried again", "error", err)
		case n > 0:
			v.log.Info("keys of remote sessions destroyed by time", "keys", n)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// vaultCommand is `hotline vault …`.
type vaultCommand struct {
	Rotate vaultRotateCommand `cmd:"" help:"Put a new master key in the place of the old one; open sessions go on."`
}

type vaultRotateCommand struct{}

// Run rotates the master key, also while the server runs.
func (vaultRotateCommand) Run(around surroundings, line *commandLine) error {
	cfg, err := line.settings(around)
	if err != nil {
		return err
	}
	v, err := openVault(cfg)
	if err != nil {
		return err
	}
	sessions, err := v.Rotate()
	if err != nil {
		return err
	}
	fmt.Fprintf(around.stdout, "the master key is new; %d open %s wrapped with it\n", sessions, plural(sessions, "session"))
	if cfg.Vault.Key != "" {
		fmt.Fprintln(around.stdout, "vault.key: drop every key but the first now, here and where the server reads it")
	}
	return nil
}
