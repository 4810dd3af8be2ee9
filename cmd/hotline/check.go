package main

import (
	"errors"
	"fmt"

	"hotline/configs"
)

// checkConfigCommand is `hotline check-config FILE`.
type checkConfigCommand struct {
	File string `arg:"" optional:"" predictor:"file" help:"The file; default is --config."`
}

// Run prints every finding and fails when there is one.
func (c *checkConfigCommand) Run(around surroundings, line *commandLine) error {
	if c.File != "" {
		line.Config = c.File
	}
	cfg, err := line.settings(around)
	if err == nil {
		_, err = readCalendars(cfg)
	}
	if err == nil {
		_, err = readChecklists(cfg)
	}
	if err == nil {
		if _, err := procedureFiles(cfg.Procedures.Dir); err != nil {
			fmt.Fprintln(around.stdout, err)
			return errFound
		}
		fmt.Fprintf(around.stdout, "%s: good: %d %s, %d %s, %d %s\n", sourceName(line.Config),
			len(cfg.Hotlines), plural(len(cfg.Hotlines), "hotline"), len(cfg.Queues), plural(len(cfg.Queues), "queue"),
			len(cfg.Switches), plural(len(cfg.Switches), "switch"))
		return nil
	}
	var found configs.Problems
	if !errors.As(err, &found) {
		return err
	}
	for _, p := range found {
		fmt.Fprintln(around.stdout, finding(p))
	}
	fmt.Fprintf(around.stdout, "%d %s\n", len(found), plural(len(found), "problem"))
	return errFound
}

// finding is a problem for people: the place as compilers write it, so that editors jump there, and the remedy below.
func finding(p configs.Problem) string {
	text := p.Where() + ": "
	if p.Key != "" {
		text += p.Key + " "
	}
	text += p.What
	if p.Mend != "" {
		text += "\n    → " + p.Mend
	}
	return text
}

func sourceName(path string) string {
	if path == "" {
		return "defaults and environment"
	}
	return path
}

func plural(n int, word string) string {
	switch {
	case n == 1:
		return word
	case word == "switch":
		return "switches"
	}
	return word + "s"
}
