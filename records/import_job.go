package records

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"hotline/records/sheet"
)

// ImportJob is what is being done to an import, for people who wait.
type ImportJob struct {
	Phase       string // "reading", "checking", "writing"
	Done, Total int    // bytes or rows
}

// importJobs are the imports that this process works on.
type importJobs struct {
	mu      sync.Mutex
	running map[string]*runningJob // guarded by mu
}

type runningJob struct {
	ImportJob
	done chan struct{}
}

func (j *importJobs) job(id string) *ImportJob {
	j.mu.Lock()
	defer j.mu.Unlock()
	if r := j.running[id]; r != nil {
		job := r.ImportJob
		return &job
	}
	return nil
}

// told notes how far a job is.
func (j *importJobs) told(id, phase string, done, total int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if r := j.running[id]; r != nil {
		r.ImportJob = ImportJob{phase, done, total}
	}
}

// begin runs work beside everything else; false: the import is being worked on already, or the store is closing.
func (s *Store) begin(id, phase string, work func(ctx context.Context) error) bool {
	s.importing.mu.Lock()
	defer s.importing.mu.Unlock()
	if s.importing.running[id] != nil || s.running.Err() != nil {
		return false
	}
	r := &runningJob{ImportJob: ImportJob{Phase: phase}, done: make(chan struct{})}
	s.importing.running[id] = r
	s.beside.Go(func() {
		if err := work(s.running); err != nil && s.running.Err() == nil {
			s.log.Error("an import failed; nothing of it is in the records", "import", id, "phase", phase, "err", err)
		}
		s.importing.mu.Lock()
		delete(s.importing.running, id)
		s.importing.mu.Unlock()
		close(r.done)
	})
	return true
}

// WaitImport waits until nothing is being done to an import in this process.
func (s *Store) WaitImport(ctx context.Context, id string) error {
	s.importing.mu.Lock()
	r := s.importing.running[id]
	s.importing.mu.Unlock()
	if r == nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-r.done:
		return nil
	}
}

// beginCheck reads a file and keeps what would be done with it. mapping nil takes the last one, or proposes one.
func (s *Store) beginCheck(id string, mapping []string) bool {
	return s.begin(id, "reading", func(ctx context.Context) error {
		return s.checkImport(ctx, id, mapping, "")
	})
}

func (s *Store) checkImport(ctx context.Context, id string, mapping []string, note string) error {
	file, err := s.readImport(ctx, id, mapping)
	if err != nil {
		return err
	}
	var plan ImportPlan
	hash := ""
	if file.fault != nil {
		plan = ImportPlan{File: file.fault}
	} else if err := s.snapshot(ctx, "check import", func(c conn) error {
		s.importing.told(id, "checking", 0, len(file.table.Rows))
		p, err := s.plan(ctx, c, file)
		if err == nil {
			plan, hash = p.shown(), p.hash()
		}
		return err
	}); err != nil {
		return err
	}
	return s.write(ctx, "keep check", func(t *txn) error {
		body, err := json.Marshal(plan)
		if err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		chosen, err := json.Marshal(plan.Mapping)
		if err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		return t.do(ctx, `UPDATE imports SET state = ?, plan = ?, hash = ?, mapping = ?, note = ? WHERE id = ? AND ended_at IS NULL`,
			ImportChecked, string(body), hash, string(chosen), note, id)
	})
}

// importFile is a file that was read, with what its columns mean.
type importFile struct {
	id, kind, sum string
	table         sheet.Table
	mapping       []string
	fault         *ImportFault
	progress      func(done, total int)
}

func (s *Store) readImport(ctx context.Context, id string, mapping []string) (importFile, error) {
	var row struct {
		Kind    string `db:"kind"`
		SHA256  string `db:"sha256"`
		Data    []byte `db:"data"`
		Mapping string `db:"mapping"`
	}
	found, err := s.read().find(ctx, &row, `SELECT kind, sha256, data, mapping FROM imports WHERE id = ? AND ended_at IS NULL`, id)
	if err == nil && !found {
		err = notFound("import", id)
	}
	if err != nil {
		return importFile{}, s.explain("read import", err)
	}
	f := importFile{id: id, kind: row.Kind, sum: row.SHA256, progress: func(done, total int) { s.importing.told(id, "checking", done, total) }}
	if mapping == nil && row.Mapping != "" && row.Mapping != "null" {
		if err := json.Unmarshal([]byte(row.Mapping), &mapping); err != nil {
			return f, fmt.Errorf("records: mapping of %s: %w", id, err)
		}
	}
	f.table, err = sheet.Read(row.Data, s.opt.Imports, func(done, total int) { s.importing.told(id, "reading", done, total) })
	if fault, ok := errors.AsType[*sheet.Fault](err); ok {
		f.fault = &ImportFault{Line: fault.Line, Column: fault.Column, Code: fault.Code, Limit: fault.Limit}
		return f, nil
	}
	f.mapping = mappingOf(f.kind, f.table.Head, mapping)
	return f, err
}

// ApplyImport begins to do exactly what the preview with this hash showed, in one transaction. When the records have changed in
// between so that something else would be done, nothing is done and the preview is made again. Errors: ErrNotFound, ErrConflict (not ready,
// another hash), and what is wrong with it now.
func (s *Store) ApplyImport(ctx context.Context, by, id, hash string) error {
	i, err := s.Import(ctx, id)
	if err != nil {
		return err
	}
	if !i.Ready() || i.Hash != hash {
		return problem(ErrConflict, "import_state", "Look at the preview again.", "The import %s is not what you saw.", id)
	}
	if !s.begin(id, "writing", func(ctx context.Context) error { return s.applyImport(ctx, by, id, hash) }) { //nolint:contextcheck // it goes on after the request
		return importBusy(id)
	}
	return nil
}

var errImportChanged = errors.New("records: the import would do something else now")

func (s *Store) applyImport(ctx context.Context, by, id, hash string) error {
	file, err := s.readImport(ctx, id, nil)
	if err != nil {
		return err
	}
	file.progress = func(done, total int) { s.importing.told(id, "writing", done, total) }
	err = s.write(ctx, "import", func(t *txn) error {
		p, err := s.plan(ctx, t.conn, file)
		if err != nil {
			return err
		}
		if p.hash() != hash {
			return errImportChanged
		}
		if err := p.write(ctx, t); err != nil {
			return err
		}
		return t.endImport(ctx, id, by, ImportApplied, "", p.shown())
	})
	switch {
	case errors.Is(err, errImportChanged):
		return s.checkImport(ctx, id, nil, ImportNoteChanged)
	case err != nil:
		return errors.Join(err, s.checkImport(ctx, id, nil, ImportNoteFailed))
	}
	return nil
}
