package records

import (
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/sqlite/*.sql
var sqliteMigrations embed.FS

// dialect is everything that is particular to one database. A second one (PostgreSQL by pgx's stdlib driver) is one more
// value of this type and one more folder of migrations. Its isolation must be serializable and busy must report
// serialization failures (40001): the transactions here read, decide and write, and rely on nobody deciding beside them.
type dialect struct {
	driver    string
	goose     goose.Dialect
	migration fs.FS
	isolation sql.IsolationLevel
	readers   int
	writeDSN  string
	readDSN   string
	// busy: the same transaction may succeed if tried again. unique: a key exists already.
	busy, unique func(error) bool
}

// lockPoll is how long SQLite itself waits for a lock before it says busy. It is short because SQLite does not look at a
// context meanwhile; the patient waiting is Store.write's.
const lockPoll = 100 * time.Millisecond

// sqliteDialect opens path with one writing connection (SQLite has one writer anyway; queueing in Go is fair and sees
// contexts) and several reading ones. Pragmas stand in the DSN, so every connection of the pool has them.
func sqliteDialect(path string) (*dialect, error) {
	if path == "" {
		return nil, problem(ErrInvalid, "database_path", "Set the path of the database file.", "No database file is named.")
	}
	// The file holds personal data and phone secrets: nobody else reads it. SQLite gives -wal and -shm the same mode.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator's own path
	if err != nil {
		return nil, fmt.Errorf("records: database file: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("records: database file: %w", err)
	}
	migrations, err := fs.Sub(sqliteMigrations, "migrations/sqlite")
	if err != nil {
		return nil, fmt.Errorf("records: migrations: %w", err)
	}
	dsn := func(more ...string) string {
		q := url.Values{}
		q.Set("_foreign_keys", "on")
		q.Set("_stmt_cache_size", "128") // to prepare a statement costs more than to run one; every connection keeps its own
		q.Set("_busy_timeout", strconv.FormatInt(lockPoll.Milliseconds(), 10))
		for i := 0; i < len(more); i += 2 {
			q.Set(more[i], more[i+1])
		}
		return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
	}
	return &dialect{
		driver:    "sqlite3",
		goose:     goose.DialectSQLite3,
		migration: migrations,
		isolation: sql.LevelDefault, // serializable, there is no other
		readers:   4,
		// FULL: a commit that returned survives the loss of power, not only of the process.
		writeDSN: dsn("_journal_mode", "WAL", "_synchronous", "FULL", "_txlock", "immediate"),
		readDSN:  dsn("_query_only", "on"),
		busy: func(err error) bool {
			var e sqlite3.Error
			return errors.As(err, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)
		},
		unique: func(err error) bool {
			var e sqlite3.Error
			return errors.As(err, &e) &&
				(e.ExtendedCode == sqlite3.ErrConstraintUnique || e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey)
		},
	}, nil
}
