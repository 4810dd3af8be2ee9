package queue

import (
	"context"
	"errors"
	"slices"
)

// restoreBatch bounds what one step of Restore writes, so that others are not held up.
const restoreBatch = 100

// Restore implements Board.
func (b *RedisBoard) Restore(ctx context.Context, s Standing) (fenced []string, err error) {
	if err := b.leaveAllBut(ctx, s.Calls); err != nil {
		return nil, err
	}
	for number, c := range s.Callers {
		if err := b.Know(ctx, number, c); err != nil {
			return nil, err
		}
	}
	var calls, agents [][]any
	var ids, logins, keepers []string
	for _, p := range s.Agents {
		agents, logins = append(agents, p.args()), append(logins, p.Agent)
	}
	for _, k := range s.Calls {
		calls, ids = append(calls, k.args()), append(ids, k.Call)
		if k.Keep != "" {
			keepers = append(keepers, k.Keep)
		}
	}
	var hungry, idle []string
	for _, phase := range []struct {
		name string
		rows func() [][]any
	}{
		{"agents", func() [][]any { return agents }},
		{"calls", func() [][]any { return calls }},
		{"settle", func() [][]any { return rows(logins) }},
		{"kept", func() [][]any { return rows(logins, distinct(idle), distinct(keepers)) }},
		{"fill", func() [][]any { return rows(ids, distinct(hungry)) }},
		{"offer", func() [][]any { return rows(logins, distinct(idle)) }},
	} {
		for batch := range slices.Chunk(phase.rows(), restoreBatch) {
			args := []any{phase.name}
			for _, row := range batch {
				args = append(args, row...)
			}
			r, err := b.run(ctx, "restore", args...)
			if err != nil {
				return nil, err
			}
			fenced, hungry, idle = append(fenced, r.names(1)...), append(hungry, r.names(2)...), append(idle, r.names(3)...)
		}
	}
	return sorted(fenced), nil
}

// leaveAllBut ends this node's calls that it does not know any more.
func (b *RedisBoard) leaveAllBut(ctx context.Context, known []Known) error {
	keep := make(map[string]bool, len(known))
	for _, k := range known {
		keep[k.Call] = true
	}
	held, err := b.driven(ctx)
	if err != nil {
		return err
	}
	for _, call := range held {
		if keep[call] {
			continue
		}
		if _, err := b.Leave(ctx, call); err != nil && !errors.Is(err, ErrUnknown) && !errors.Is(err, ErrFenced) {
			return err
		}
	}
	return nil
}

// rows makes one row of each name, for a script that takes names.
func rows(lists ...[]string) [][]any {
	var rows [][]any
	for _, name := range slices.Concat(lists...) {
		rows = append(rows, []any{name})
	}
	return rows
}

func distinct(names []string) []string { return slices.Compact(sorted(names)) }
