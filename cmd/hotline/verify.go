package main

import (
	"context"
	"fmt"

	"hotline/records"
)

// verifyCommand is `hotline verify`.
type verifyCommand struct{}

// Run walks the hash chains of calls and of evidence, reads every file, makes the draws of follow-ups again, and fails when one does
// not hold.
func (*verifyCommand) Run(ctx context.Context, around surroundings, line *commandLine) error {
	return withRecords(ctx, around, line, existingRecords, func(store *records.Store) error {
		broken := 0
		for _, verify := range []func(context.Context, surroundings, *records.Store) (int, error){verifyCalls, verifyEvidence, verifyDraws} {
			n, err := verify(ctx, around, store)
			if err != nil {
				return err
			}
			broken += n
		}
		if broken > 0 {
			return errFound
		}
		return nil
	})
}

func verifyCalls(ctx context.Context, around surroundings, store *records.Store) (broken int, err error) {
	report, err := store.Journal().VerifyChains(ctx)
	if err != nil {
		return 0, err
	}
	if len(report.Broken) == 0 {
		fmt.Fprintf(around.stdout, "✓ %d entries of %d calls: every chain holds\n", report.Entries, report.Chains)
		return 0, nil
	}
	first := report.Broken[0]
	fmt.Fprintf(around.stdout, "✗ first broken entry: call %s, entry %d: %s\n", first.Call, first.Seq, first.What)
	for _, b := range report.Broken[1:] {
		fmt.Fprintf(around.stdout, "✗ also broken: call %s, entry %d: %s\n", b.Call, b.Seq, b.What)
	}
	fmt.Fprintf(around.stdout, "%d of %d chains do not hold\n", len(report.Broken), report.Chains)
	return len(report.Broken), nil
}

func verifyEvidence(ctx context.Context, around surroundings, store *records.Store) (broken int, err error) {
	report, err := store.VerifyEvidence(ctx)
	if err != nil {
		return 0, err
	}
	for _, b := range report.Broken {
		fmt.Fprintln(around.stdout, "✗", b)
	}
	if len(report.Broken) == 0 {
		fmt.Fprintf(around.stdout, "✓ %d pieces of evidence in %d chains, %d files: all as they were\n", report.Pieces, report.Chains, report.Files)
	}
	return len(report.Broken), nil
}

func verifyDraws(ctx context.Context, around surroundings, store *records.Store) (broken int, err error) {
	checked, wrong, err := store.VerifyDraws(ctx)
	if err != nil {
		return 0, err
	}
	for _, d := range wrong {
		fmt.Fprintf(around.stdout, "✗ the draw of %s does not hold: %s\n", d.Day, d.Fault)
	}
	if checked > 0 && len(wrong) == 0 {
		fmt.Fprintf(around.stdout, "✓ %d draws of follow-ups, made again: all hold\n", checked)
	}
	return len(wrong), nil
}
