package main

import (
	"context"
	"fmt"

	"hotline/records"
)

// verifyCommand is `hotline verify`.
type verifyCommand struct{}

// Run walks the hash chains of the journal and makes the draws of follow-ups again; it fails when one does not hold.
func (*verifyCommand) Run(ctx context.Context, around surroundings, line *commandLine) error {
	return withRecords(ctx, around, line, existingRecords, func(store *records.Store) error {
		report, err := store.Journal().VerifyChains(ctx)
		if err != nil {
			return err
		}
		checked, broken, err := store.VerifyDraws(ctx)
		if err != nil {
			return err
		}
		for _, d := range broken {
			fmt.Fprintf(around.stdout, "✗ the draw of %s does not hold: %s\n", d.Day, d.Fault)
		}
		if checked > 0 && len(broken) == 0 {
			fmt.Fprintf(around.stdout, "✓ %d draws of follow-ups, made again: all hold\n", checked)
		}
		if len(report.Broken) == 0 && len(broken) > 0 {
			return errFound
		}
		if len(report.Broken) == 0 {
			fmt.Fprintf(around.stdout, "✓ %d entries of %d calls: every chain holds\n", report.Entries, report.Chains)
			return nil
		}
		first := report.Broken[0]
		fmt.Fprintf(around.stdout, "✗ first broken entry: call %s, entry %d: %s\n", first.Call, first.Seq, first.What)
		for _, b := range report.Broken[1:] {
			fmt.Fprintf(around.stdout, "✗ also broken: call %s, entry %d: %s\n", b.Call, b.Seq, b.What)
		}
		fmt.Fprintf(around.stdout, "%d of %d chains do not hold\n", len(report.Broken), report.Chains)
		return errFound
	})
}
