package records

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"hotline/records/sheet"
)

// The states of an import.
const (
	ImportUploaded = "uploaded" // being read and checked
	ImportChecked  = "checked"  // what would be done, or what is wrong, can be seen
	ImportApplied  = "applied"  // done, all of it
	ImportDropped  = "dropped"  // not done, nothing of it
)

// What a note of an import says.
const (
	ImportNoteChanged = "changed" // the records changed between preview and import: it was checked again
	ImportNoteFailed  = "failed"  // a fault of ours; nothing was imported
	ImportNoteExpired = "expired" // nobody went on within a day
)

// importKept is how long a file waits for somebody to go on.
const importKept = 24 * time.Hour

// Import is one file on its way into the records.
type Import struct {
	ID         string
	Kind       string // ImportCustomers, ImportProducts
	Name       string // of the file
	Size       int64
	SHA256     string
	State      string
	Plan       ImportPlan
	Hash       string // of what exactly would be done: give it to ApplyImport
	Note       string
	UploadedBy string
	UploadedAt time.Time
	EndedBy    string
	EndedAt    time.Time
	Job        *ImportJob // what is being done to it now, nil: nothing
}

// Ready reports whether it can be applied.
func (i Import) Ready() bool {
	return i.State == ImportChecked && i.Job == nil && i.Plan.File == nil && i.Plan.FaultCount == 0 && len(i.Plan.Lacking) == 0 &&
		i.Plan.Counts.New+i.Plan.Counts.Changed > 0
}

// ImportPlan is what would be done with a file.
type ImportPlan struct {
	Format, Encoding, Separator, Sheet string
	Head                               []string
	Mapping                            []string // the field of each column, "" for none
	Rows                               int
	File                               *ImportFault  // why it cannot be read at all
	Lacking                            []string      // required fields that no column has
	Counts                             ImportCounts  // of rows
	Preview                            []ImportRow   // the first rows
	Faults                             []ImportFault // the first importFaults
	FaultCount                         int
}

// ImportCounts counts rows by what they would do.
type ImportCounts struct{ New, Changed, Same int }

// ImportRow is one row and what it would do: "new", "changed", "same", or "fault".
type ImportRow struct {
	Line    int
	Status  string
	Cells   []string
	Changes []ImportChange
}

// ImportChange is one field that would change.
type ImportChange struct{ Field, Old, New string }

// ImportFault is one thing that is wrong with a row.
type ImportFault struct {
	Line   int    // in the file, from 1; 0: the file as a whole
	Column int    // from 1; 0: none
	Field  string // of the column
	Code   string // "missing", "too_long", "range", "not_a_number", "conflict", …; of File those of sheet.Fault
	Value  string // what stands there
	Other  string // what it conflicts with
	Limit  int64
}

const (
	importPreview = 20
	importFaults  = 1000
)

type importRow struct {
	ID         string `db:"id"`
	Kind       string `db:"kind"`
	Name       string `db:"name"`
	Size       int64  `db:"size"`
	SHA256     string `db:"sha256"`
	State      string `db:"state"`
	Plan       string `db:"plan"`
	Hash       string `db:"hash"`
	Note       string `db:"note"`
	UploadedBy string `db:"uploaded_by"`
	UploadedAt stamp  `db:"uploaded_at"`
	EndedBy    string `db:"ended_by"`
	EndedAt    stamp  `db:"ended_at"`
}

const selectImport = `SELECT id, kind, name, size, sha256, state, plan, hash, note, uploaded_by, uploaded_at, ended_by, ended_at FROM imports`

func (s *Store) importOf(r importRow) (Import, error) {
	i := Import{
		ID: r.ID, Kind: r.Kind, Name: r.Name, Size: r.Size, SHA256: r.SHA256, State: r.State, Hash: r.Hash, Note: r.Note, UploadedBy: r.UploadedBy,
		UploadedAt: r.UploadedAt.time(), EndedBy: r.EndedBy, EndedAt: r.EndedAt.time(), Job: s.importing.job(r.ID),
	}
	if r.Plan != "" {
		if err := json.Unmarshal([]byte(r.Plan), &i.Plan); err != nil {
			return i, fmt.Errorf("plan of %s: %w", r.ID, err)
		}
	}
	return i, nil
}

// UploadImport takes a file and begins to check it. Nothing of it is in the records before ApplyImport.
// Errors: ErrInvalid (kind, too large, empty).
func (s *Store) UploadImport(ctx context.Context, by, kind, name string, data []byte) (Import, error) {
	if ImportFields(kind) == nil {
		return Import{}, problem(ErrInvalid, "import_kind", "Use customers or products.", "There is no import of %q.", kind)
	}
	limits := s.opt.Imports
	if int64(len(data)) > limits.Bytes || len(data) == 0 {
		return Import{}, problem(ErrInvalid, "import_size", "Split it, or leave out columns that are not needed.", "A file has 1 byte to %d; this one has %d.", limits.Bytes, len(data))
	}
	sum := sha256.Sum256(data)
	id := ""
	err := s.write(ctx, "upload import", func(t *txn) error {
		id = newID(t.now)
		if err := t.do(ctx, `INSERT INTO imports (id, kind, name, size, sha256, data, state, uploaded_by, uploaded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			id, kind, clip(line(name), maxLine), len(data), hex.EncodeToString(sum[:]), data, ImportUploaded, by, at(t.now)); err != nil {
			return err
		}
		return t.audit(ctx, AuditEntry{By: by, Action: "import.upload", Object: id, Data: fmt.Sprintf("kind=%s bytes=%d sha256=%x", kind, len(data), sum)})
	})
	if err != nil {
		return Import{}, err
	}
	s.beginCheck(id, nil) //nolint:contextcheck // it goes on after the request
	return s.Import(ctx, id)
}

// Import gives an import as it stands. One that was interrupted by a stop of the program is checked again. Errors: ErrNotFound.
func (s *Store) Import(ctx context.Context, id string) (Import, error) {
	var row importRow
	found, err := s.read().find(ctx, &row, selectImport+` WHERE id = ?`, id)
	if err == nil && !found {
		err = notFound("import", id)
	}
	if err != nil {
		return Import{}, s.explain("import", err)
	}
	if row.State == ImportUploaded && s.importing.job(id) == nil {
		s.beginCheck(id, nil) //nolint:contextcheck // it goes on after the request
	}
	return s.importOf(row)
}

// Imports lists imports, newest first, without their plans' rows. Errors: ErrInvalid (cursor).
func (s *Store) Imports(ctx context.Context, after string, limit int) (Page[Import], error) {
	c, err := parseCursor(after)
	if err != nil {
		return Page[Import]{}, err
	}
	var q query
	q.page("uploaded_at", "id", c)
	limit = pageLimit(limit)
	var rows []importRow
	if err := s.read().list(ctx, &rows, q.sql(selectImport, "uploaded_at DESC, id DESC", limit), q.args...); err != nil {
		return Page[Import]{}, s.explain("imports", err)
	}
	page := Page[Import]{Items: make([]Import, 0, len(rows))}
	for _, r := range rows {
		i, err := s.importOf(r)
		if err != nil {
			return Page[Import]{}, s.explain("imports", err)
		}
		i.Plan.Preview, i.Plan.Faults = nil, nil
		page.Items = append(page.Items, i)
	}
	if len(rows) == limit {
		page.Next = cursor{rows[limit-1].UploadedAt, rows[limit-1].ID}.String()
	}
	return page, nil
}

// MapImport says what the columns mean and checks the file again. Errors: ErrNotFound, ErrConflict (ended, or under way).
func (s *Store) MapImport(ctx context.Context, id string, mapping []string) error {
	if err := s.waiting(ctx, id); err != nil {
		return err
	}
	if mapping == nil {
		mapping = []string{}
	}
	if !s.beginCheck(id, mapping) { //nolint:contextcheck // it goes on after the request
		return importBusy(id)
	}
	return nil
}

// waiting refuses an import that has ended.
func (s *Store) waiting(ctx context.Context, id string) error {
	i, err := s.Import(ctx, id)
	if err == nil && (i.State == ImportApplied || i.State == ImportDropped) {
		err = problem(ErrConflict, "import_ended", "Upload the file again.", "The import %s has ended.", id)
	}
	return err
}

func importBusy(id string) error {
	return problem(ErrConflict, "import_busy", "Wait until it is done.", "The import %s is being worked on.", id)
}

// DropImport ends an import without doing anything of it; its file goes. Errors: ErrNotFound, ErrConflict.
func (s *Store) DropImport(ctx context.Context, by, id string) error {
	if err := s.waiting(ctx, id); err != nil {
		return err
	}
	if s.importing.job(id) != nil {
		return importBusy(id)
	}
	return s.write(ctx, "drop import", func(t *txn) error { return t.endImport(ctx, id, by, ImportDropped, "", ImportPlan{}) })
}

// endImport keeps of an import only its counts: file and rows are personal data that nobody needs any more.
func (t *txn) endImport(ctx context.Context, id, by, state, note string, plan ImportPlan) error {
	plan.Preview, plan.Faults = nil, nil
	body, err := json.Marshal(plan)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	n, err := t.exec(ctx, `UPDATE imports SET state = ?, data = NULL, plan = ?, note = ?, ended_by = ?, ended_at = ? WHERE id = ? AND ended_at IS NULL`,
		state, string(body), note, by, at(t.now), id)
	if err == nil && n == 0 {
		err = problem(ErrConflict, "import_ended", "Upload the file again.", "The import %s has ended.", id)
	}
	if err != nil {
		return err
	}
	return t.audit(ctx, AuditEntry{By: by, Action: "import." + state, Object: id, Data: fmt.Sprintf("rows=%d new=%d changed=%d same=%d",
		plan.Rows, plan.Counts.New, plan.Counts.Changed, plan.Counts.Same)})
}

// SweepImports ends imports that nobody went on with for a day.
func (s *Store) SweepImports(ctx context.Context) error {
	var old []string
	if err := s.read().list(ctx, &old, `SELECT id FROM imports WHERE ended_at IS NULL AND uploaded_at < ?`, at(s.now().Add(-importKept))); err != nil {
		return s.explain("sweep imports", err)
	}
	for _, id := range old {
		if s.importing.job(id) != nil {
			continue
		}
		if err := s.write(ctx, "sweep imports", func(t *txn) error { return t.endImport(ctx, id, t.by, ImportDropped, ImportNoteExpired, ImportPlan{}) }); err != nil {
			return err
		}
	}
	return nil
}

// importLimits are those of sheet with the defaults of the product.
func importLimits(l sheet.Limits) sheet.Limits {
	set(&l.Bytes, 10<<20)
	set(&l.Rows, 20_001) // with the head
	return l
}
