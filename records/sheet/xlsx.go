package sheet

import (
	"archive/zip"
	"bytes"
	"io"
	"math/big"
	"regexp"

	"github.com/xuri/excelize/v2"
)

// maxParts is how many files an XLSX may consist of; a large workbook has some dozens.
const maxParts = 2000

// readXLSX reads the first sheet that is not empty.
func readXLSX(data []byte, limits Limits, progress func(done, total int)) (Table, error) {
	if err := unpacks(data, limits); err != nil {
		return Table{}, err
	}
	// With both limits alike nothing of the file is unpacked onto the disk.
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: limits.Unpacked, UnzipXMLSizeLimit: limits.Unpacked, RawCellValue: true})
	if err != nil {
		return Table{}, &Fault{Code: "broken"}
	}
	defer func() { _ = f.Close() }() // nothing was written
	for _, name := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		t := Table{Format: "xlsx", Sheet: name}
		if err := t.fromSheet(f, name, limits, progress); err != nil {
			return Table{}, err
		}
		if t.Head != nil {
			return t, t.whole()
		}
	}
	return Table{}, &Fault{Code: "empty"}
}

func (t *Table) fromSheet(f *excelize.File, name string, limits Limits, progress func(done, total int)) error {
	rows, err := f.Rows(name)
	if err != nil {
		return &Fault{Code: "broken"}
	}
	defer func() { _ = rows.Close() }()
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		if err != nil {
			return &Fault{Code: "broken", Line: line}
		}
		for i, c := range cells {
			cells[i] = Alive(plain(c))
		}
		if err := t.add(line, cells, limits); err != nil {
			return err
		}
		if line > 50*limits.Rows { // rows that are empty, without an end
			return &Fault{Code: "rows", Line: line, Limit: int64(limits.Rows)}
		}
		if line%1000 == 0 {
			progress(line, max(line, limits.Rows))
		}
	}
	if rows.Error() != nil {
		return &Fault{Code: "broken"}
	}
	return nil
}

// exponent is how a file keeps a long number, such as a telephone number that was typed without an apostrophe.
var exponent = regexp.MustCompile(`^\d(\.\d{1,17})?[eE]\+?\d{1,2}$`)

// plain writes such a number out.
func plain(cell string) string {
	if !exponent.MatchString(cell) {
		return cell
	}
	n, _, err := big.ParseFloat(cell, 10, 128, big.ToNearestEven)
	if err != nil || !n.IsInt() {
		return cell
	}
	return n.Text('f', 0)
}

// unpacks refuses a ZIP that unpacks to too much, counted and not believed.
func unpacks(data []byte, limits Limits) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return &Fault{Code: "broken"}
	}
	if len(z.File) > maxParts {
		return &Fault{Code: "unpacked", Limit: limits.Unpacked}
	}
	left, workbook := limits.Unpacked, false
	for _, part := range z.File {
		workbook = workbook || part.Name == "xl/workbook.xml"
		r, err := part.Open()
		if err != nil {
			return &Fault{Code: "broken"}
		}
		n, err := io.Copy(io.Discard, io.LimitReader(r, left+1))
		_ = r.Close()
		if left -= n; left < 0 {
			return &Fault{Code: "unpacked", Limit: limits.Unpacked}
		}
		if err != nil {
			return &Fault{Code: "broken"}
		}
	}
	if !workbook {
		return &Fault{Code: "broken"}
	}
	return nil
}
