// Package sheet reads tables that people made with spreadsheets: CSV in the encodings and with the separators that are met, and XLSX.
// It trusts nothing of a file: size, rows, columns, cells and what a ZIP unpacks to are bounded.
package sheet

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits bound a file. Zero fields take the default.
type Limits struct {
	Bytes    int64 // of the file; 10 MiB
	Unpacked int64 // what an XLSX unpacks to, in bytes; 100 MiB
	Rows     int   // with the head; 20,000
	Columns  int   // 100
	Cell     int   // runes of one cell; 10,000
}

func (l Limits) filled() Limits {
	set := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	if l.Bytes == 0 {
		l.Bytes = 10 << 20
	}
	if l.Unpacked == 0 {
		l.Unpacked = 100 << 20
	}
	set(&l.Rows, 20_000)
	set(&l.Columns, 100)
	set(&l.Cell, 10_000)
	return l
}

// Table is what a file says: the first row that is not empty is its head.
type Table struct {
	Format    string // "csv" or "xlsx"
	Encoding  string // of CSV: "UTF-8", "UTF-16", "GB18030"
	Separator string // of CSV
	Sheet     string // of XLSX: the one that was read, the first that is not empty
	Head      []string
	Rows      []Row
}

// Row is one row that is not empty. Cells are as many as the head has, more when the row is longer.
type Row struct {
	Line  int // in the file, from 1, as spreadsheets and editors count
	Cells []string
}

// Fault says why a file cannot be read.
type Fault struct {
	Code   string // "large", "rows", "columns", "cell", "empty", "encoding", "quote", "xls", "broken", "unpacked"
	Line   int    // 0: the file as a whole
	Column int    // from 1; 0: none
	Limit  int64  // what is allowed, where a limit is passed
}

func (f *Fault) Error() string {
	return fmt.Sprintf("sheet: %s (line %d, column %d, limit %d)", f.Code, f.Line, f.Column, f.Limit)
}

// Read reads a file by what it holds, not by its name. progress, if not nil, hears now and then how many of the file's bytes or rows are
// done. Errors: *Fault.
func Read(data []byte, limits Limits, progress func(done, total int)) (Table, error) {
	limits = limits.filled()
	if progress == nil {
		progress = func(int, int) {}
	}
	switch {
	case int64(len(data)) > limits.Bytes:
		return Table{}, &Fault{Code: "large", Limit: limits.Bytes}
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readXLSX(data, limits, progress)
	case bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}): // OLE: XLS, or an XLSX with a password
		return Table{}, &Fault{Code: "xls"}
	}
	return readCSV(data, limits, progress)
}

// add takes one row as it stands in the file.
func (t *Table) add(line int, cells []string, limits Limits) error {
	for i, c := range cells {
		cells[i] = strings.TrimSpace(c)
		if len(c) > limits.Cell && utf8.RuneCountInString(c) > limits.Cell {
			return &Fault{Code: "cell", Line: line, Column: i + 1, Limit: int64(limits.Cell)}
		}
	}
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	switch {
	case len(cells) == 0:
		return nil
	case len(cells) > limits.Columns:
		return &Fault{Code: "columns", Line: line, Limit: int64(limits.Columns)}
	case t.Head == nil:
		t.Head = cells
		return nil
	case len(t.Rows)+1 >= limits.Rows:
		return &Fault{Code: "rows", Line: line, Limit: int64(limits.Rows)}
	}
	for len(cells) < len(t.Head) {
		cells = append(cells, "")
	}
	t.Rows = append(t.Rows, Row{Line: line, Cells: cells})
	return nil
}

// whole refuses a table without anything to import.
func (t *Table) whole() error {
	if t.Head == nil || len(t.Rows) == 0 {
		return &Fault{Code: "empty"}
	}
	return nil
}

// Letter names a column as spreadsheets do: 1 is A, 27 is AA.
func Letter(column int) string {
	var out []byte
	for ; column > 0; column = (column - 1) / 26 {
		out = append([]byte{byte('A' + (column-1)%26)}, out...)
	}
	return string(out)
}

// Inert keeps a spreadsheet from taking a text for a formula (OWASP "CSV injection"). A telephone number keeps its plus sign, and
// a negative number its minus: no spreadsheet can run those.
func Inert(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
		return cell
	}
	if (cell[0] == '+' || cell[0] == '-') && len(cell) > 1 && strings.Trim(cell[1:], "0123456789*") == "" {
		return cell
	}
	return "'" + cell
}

// Alive takes back what Inert did, so that what was exported can be imported again.
func Alive(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && Inert(rest) == cell {
		return rest
	}
	return cell
}
