package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"hotline/records/sheet"
)

func show(t sheet.Table) string {
	var b strings.Builder
	fmt.Fprint(&b, strings.Join(t.Head, "|"))
	for _, r := range t.Rows {
		fmt.Fprintf(&b, " %d:%s", r.Line, strings.Join(r.Cells, "|"))
	}
	return b.String()
}

func encoded(t *testing.T, s string, gb bool) []byte {
	t.Helper()
	e := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()
	if gb {
		e = simplifiedchinese.GB18030.NewEncoder()
	}
	out, err := e.Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestReadCSV(t *testing.T) {
	t.Parallel()
	const plain = "客户,电话\n华东一厂,13800138000\n\n䶮记,\"010,65521234\"\n"
	want := "客户|电话 2:华东一厂|13800138000 4:䶮记|010,65521234"
	for name, data := range map[string][]byte{
		"UTF-8 ,": []byte(plain), "UTF-8 with mark ,": []byte("\ufeff" + plain), "windows lines ,": []byte(strings.ReplaceAll(plain, "\n", "\r\n")),
		"GB18030 ,": encoded(t, plain, true), "UTF-16 ,": encoded(t, plain, false),
		"semicolon": []byte(strings.NewReplacer("客户,", "客户;", "厂,", "厂;", "䶮记,", "䶮记;").Replace(plain)),
		"tab":       encoded(t, strings.NewReplacer("客户,", "客户\t", "厂,", "厂\t", "䶮记,", "䶮记\t").Replace(plain), false),
	} {
		got, err := sheet.Read(data, sheet.Limits{}, nil)
		if err != nil || show(got) != want {
			t.Errorf("%s: %v %v", name, show(got), err)
		}
	}
	for data, code := range map[string]string{
		"": "empty", "\n\n": "empty", "a,b\n": "empty", "a,b\n1,\"2": "quote", "a,b\n1\"x\",2\n": "quote", "\xff\xfe\x00": "encoding", "a\x00b": "encoding",
		"a,b\n\x81\x20,1\n": "encoding", "\xd0\xcf\x11\xe0": "xls", "PK\x03\x04nonsense": "broken",
		"a\n" + strings.Repeat("x\n", 5): "rows", "a\n" + strings.Repeat(",", 8) + "x\n": "columns", "a\n" + strings.Repeat("长", 51): "cell", strings.Repeat("x", 301): "large",
	} {
		_, err := sheet.Read([]byte(data), sheet.Limits{Bytes: 300, Rows: 5, Columns: 8, Cell: 50}, nil)
		fault, ok := errors.AsType[*sheet.Fault](err)
		if !ok || fault.Code != code {
			t.Errorf("%.20q: %v, want %s", data, err, code)
		}
	}
	_, err := sheet.Read([]byte("a,b\n1,2\n\n3,\"4\n"), sheet.Limits{}, nil)
	if fault, ok := errors.AsType[*sheet.Fault](err); !ok || fault.Line < 4 {
		t.Errorf("where the quote is: %v", err)
	}
}

func workbook(t *testing.T, fill func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadXLSX(t *testing.T) {
	t.Parallel()
	set := func(f *excelize.File, name, cell string, v any) {
		t.Helper()
		if err := f.SetCellValue(name, cell, v); err != nil {
			t.Fatal(err)
		}
	}
	data := workbook(t, func(f *excelize.File) {
		if _, err := f.NewSheet("客户"); err != nil {
			t.Fatal(err)
		}
		set(f, "客户", "A2", "客户")
		set(f, "客户", "B2", "电话")
		set(f, "客户", "A3", "华东一厂")
		set(f, "客户", "B3", 13800138000) // a number, as people type it
		set(f, "客户", "A5", "'=1+1")
		set(f, "客户", "B5", 8.613800138e12)
	})
	got, err := sheet.Read(data, sheet.Limits{}, nil)
	if want := "客户|电话 3:华东一厂|13800138000 5:=1+1|8613800138000"; err != nil || show(got) != want || got.Sheet != "客户" {
		t.Errorf("got %v %q %v", show(got), got.Sheet, err)
	}
	_, err = sheet.Read(workbook(t, func(*excelize.File) {}), sheet.Limits{}, nil)
	if fault, ok := errors.AsType[*sheet.Fault](err); !ok || fault.Code != "empty" {
		t.Errorf("empty: %v", err)
	}
}

// TestZipBombs: what unpacks to too much is refused without being unpacked, also when its directory lies.
func TestZipBombs(t *testing.T) {
	t.Parallel()
	pack := func(parts int, size int) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i := range parts {
			name := fmt.Sprint("xl/", i)
			if i == 0 {
				name = "xl/workbook.xml"
			}
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(make([]byte, size)); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	bomb := pack(4, 1<<20)
	lying := bytes.ReplaceAll(bytes.Clone(bomb), []byte{0, 0, 16, 0}, []byte{1, 0, 0, 0}) // "unpacks to one byte"
	for name, data := range map[string][]byte{"honest": bomb, "many parts": pack(2001, 1), "lying": lying} {
		_, err := sheet.Read(data, sheet.Limits{Unpacked: 2 << 20}, nil)
		fault, ok := errors.AsType[*sheet.Fault](err)
		if !ok || fault.Code != "unpacked" && (name != "lying" || fault.Code != "broken") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInert(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "华东一厂": "华东一厂", "=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)", "-2+3": "'-2+3", "+8613800138000": "+8613800138000", "-7": "-7",
		"+cmd|' /C calc'!A0": "'+cmd|' /C calc'!A0", "\tx": "'\tx", "＝1": "'＝1", "'quoted": "'quoted",
	} {
		if got := sheet.Inert(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if back := sheet.Alive(sheet.Inert(in)); back != in {
			t.Errorf("%q comes back as %q", in, back)
		}
	}
	for column, want := range map[int]string{1: "A", 26: "Z", 27: "AA", 703: "AAA"} {
		if got := sheet.Letter(column); got != want {
			t.Errorf("column %d: %s", column, got)
		}
	}
}

// FuzzRead: whatever somebody uploads is read within its limits or refused with a fault, and what was read is read alike again.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\ufeffa;b\n1;\"x;\ny\"\n", "a\tb\n\n1\t2\n", "\xff\xfea\x00\n\x00b\x00", "客户\n\xb5\xe7\xbb\xb0", "PK\x03\x04", "a,b\n'=1,\"\"\"\"\n"} {
		f.Add([]byte(s))
	}
	limits := sheet.Limits{Bytes: 1 << 16, Unpacked: 1 << 20, Rows: 100, Columns: 20, Cell: 200}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := sheet.Read(data, limits, nil)
		if err != nil {
			if _, ok := errors.AsType[*sheet.Fault](err); !ok {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		if len(got.Rows) >= limits.Rows || len(got.Head) > limits.Columns || len(got.Rows) == 0 {
			t.Fatalf("%d rows, %d columns", len(got.Rows), len(got.Head))
		}
		if got.Format != "csv" {
			return
		}
		var b bytes.Buffer
		b.WriteString("\ufeff")
		w := csv.NewWriter(&b)
		rows := [][]string{append([]string{}, got.Head...)}
		for _, r := range got.Rows {
			rows = append(rows, append([]string{}, r.Cells...))
		}
		for _, r := range rows {
			for len(r) < limits.Columns { // enough commas to be recognised as what separates
				r = append(r, "")
			}
			for i := range r {
				r[i] = sheet.Inert(r[i])
			}
			if err := w.Write(r); err != nil {
				t.Fatal(err)
			}
		}
		w.Flush()
		again, err := sheet.Read(b.Bytes(), sheet.Limits{Bytes: 1 << 20, Rows: 100, Columns: 20, Cell: 201}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := cells(got), cells(again); a != b {
			t.Fatalf("%q comes back as %q", a, b)
		}
	})
}

func cells(t sheet.Table) string {
	out := strings.Join(t.Head, "\x00")
	for _, r := range t.Rows {
		out += "\x01" + strings.Join(r.Cells, "\x00")
	}
	return out
}
