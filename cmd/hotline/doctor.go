package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"hotline/configs"
)

// doctorCommand is `hotline doctor`.
type doctorCommand struct {
	Timeout time.Duration `default:"5s" help:"How long one thing may take to answer."`
}

// finding of one examination; Mend is empty when all is well.
type diagnosis struct {
	part   string // "configuration", "redis", "switch main", …
	good   bool
	detail string
	mend   string
}

// Run examines one thing after the other and fails when one of them is not in order.
func (d *doctorCommand) Run(ctx context.Context, around surroundings, line *commandLine) error {
	cfg, err := line.settings(around)
	found := diagnoseConfiguration(line.Config, err)
	if err == nil {
		found = append(found, diagnoseSecrets(&cfg)...)
	}
	data := diagnoseData(cfg.Data.Dir)
	found = append(found, data...)
	examine := func(f func(ctx context.Context) []diagnosis) {
		one, cancel := context.WithTimeout(ctx, d.Timeout)
		defer cancel()
		found = append(found, f(one)...)
	}
	if err == nil && data[0].good {
		examine(func(ctx context.Context) []diagnosis { return diagnoseRecords(ctx, cfg) })
	}
	if err == nil {
		examine(func(ctx context.Context) []diagnosis { return diagnoseService(ctx, cfg) })
		examine(func(ctx context.Context) []diagnosis { return diagnoseICE(ctx, cfg, readsChinese(around.environ)) })
	}
	examine(func(ctx context.Context) []diagnosis { return diagnoseRedis(ctx, cfg.Redis.URL) })
	for _, s := range cfg.Switches {
		if s.Kind != configs.SwitchAsterisk {
			found = append(found, diagnoseEmbedded(s))
			continue
		}
		examine(func(ctx context.Context) []diagnosis { return diagnoseARI(ctx, s) })
	}
	examine(func(ctx context.Context) []diagnosis { return diagnosePhones(ctx, cfg.Switches) })
	return report(around.stdout, found)
}

// report prints the diagnoses and says whether all are good.
func report(out io.Writer, found []diagnosis) error {
	bad := 0
	for _, f := range found {
		mark := "✓"
		if !f.good {
			mark = "✗"
			bad++
		}
		fmt.Fprintf(out, "%s %s: %s\n", mark, f.part, f.detail)
		if f.mend != "" {
			fmt.Fprintf(out, "    → %s\n", f.mend)
		}
	}
	if bad > 0 {
		fmt.Fprintf(out, "%d of %d checks failed\n", bad, len(found))
		return errFound
	}
	fmt.Fprintf(out, "all %d checks passed\n", len(found))
	return nil
}

func diagnoseConfiguration(path string, err error) []diagnosis {
	if err == nil {
		return []diagnosis{{part: "configuration", good: true, detail: sourceName(path)}}
	}
	var problems configs.Problems
	if !errors.As(err, &problems) {
		return []diagnosis{{part: "configuration", detail: err.Error()}}
	}
	found := make([]diagnosis, len(problems))
	for i, p := range problems {
		found[i] = diagnosis{part: "configuration", detail: fmt.Sprintf("%s: %s %s", p.Where(), p.Key, p.What), mend: p.Mend}
	}
	return found
}

func diagnoseSecrets(cfg *configs.Config) []diagnosis {
	var problems configs.Problems
	if !errors.As(cfg.ReadSecrets(), &problems) {
		return []diagnosis{{part: "secrets", good: true, detail: "all can be read"}}
	}
	found := make([]diagnosis, len(problems))
	for i, p := range problems {
		found[i] = diagnosis{part: "secrets", detail: fmt.Sprintf("%s (%s) %s", p.Source, p.Key, p.What), mend: p.Mend}
	}
	return found
}
