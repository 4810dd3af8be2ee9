package records

import (
	"context"
	"fmt"

	"github.com/pressly/goose/v3"
)

// migrate brings the tables to the newest version, forward only. When two processes open a new file at once, one of them
// loses a migration to the other; it looks again and finds less to do, until there is nothing.
func (s *Store) migrate(ctx context.Context) error {
	const attempts = 20
	var err error
	wait := s.patience()
	for range attempts {
		if err = s.migrateOnce(ctx); err == nil {
			return nil
		}
		if waited := wait.next(ctx); waited != nil {
			break
		}
	}
	return fmt.Errorf("records: migrate: %w", err)
}

func (s *Store) migrateOnce(ctx context.Context) error {
	p, err := goose.NewProvider(s.dialect.goose, s.w.DB, s.dialect.migration, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	results, err := p.Up(ctx)
	for _, r := range results {
		s.log.Info("tables migrated", "version", r.Source.Version, "took", r.Duration)
	}
	return err
}
