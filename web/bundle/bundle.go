// Package bundle writes everything that is recorded of a case into one ZIP: a PDF to read, JSON to process, every file, the
// result of the check of all chains, and how to check them again without this product.
package bundle

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"hotline/records"
	"hotline/records/document"
)

// Records is what a bundle needs of the records. *records.Store has it.
type Records interface {
	CaseFile(ctx context.Context, number string) (records.CaseFile, error)
	CopyFile(w io.Writer, sum string) error
}

// Options say for whom a bundle is written.
type Options struct {
	Texts   Say
	Lang    string // "en", or Chinese
	Zone    *time.Location
	Company string
}

// Write writes the bundle of a case. Nothing was written when it fails with records.ErrNotFound.
func Write(ctx context.Context, w io.Writer, all Records, number string, o Options) error {
	f, err := all.CaseFile(ctx, number)
	if err != nil {
		return fmt.Errorf("bundle of %s: %w", number, err)
	}
	return WriteFile(ctx, w, all, f, o)
}

// WriteFile is Write for a case that was gathered already.
func WriteFile(ctx context.Context, w io.Writer, all Records, f records.CaseFile, o Options) error {
	z := packer{zip: zip.NewWriter(w), at: f.At, root: f.Case.Number}
	z.text("README.txt", readme(o.Lang))
	z.put("case.pdf", func(w io.Writer) error {
		return model(f, o).PDF(w, document.Options{Lang: o.Lang, Zone: o.Zone, Company: o.Company})
	})
	z.json("case.json", f)
	z.json("verification.json", f.Checked)
	z.lines("evidence.jsonl", len(f.Evidence), func(i int) any { return f.Evidence[i] })
	for _, call := range f.Calls {
		z.lines("calls/"+safe(call.Call.Call)+".jsonl", len(call.Journal), func(i int) any { return call.Journal[i] })
	}
	for name, source := range f.Definitions {
		z.text("procedures/"+safe(name)+".yaml", source)
	}
	for _, x := range f.Files {
		z.copy(ctx, all, "files/"+x.ID+"-"+safe(x.Name), x.SHA256)
	}
	for _, x := range f.Attachments {
		z.copy(ctx, all, "attachments/"+x.ID+"-"+safe(x.Name), x.SHA256)
	}
	if z.err == nil {
		z.err = z.zip.Close()
	}
	if z.err != nil {
		return fmt.Errorf("bundle of %s: %w", f.Case.Number, z.err)
	}
	return nil
}

// packer adds files to a ZIP; after an error it does nothing more.
type packer struct {
	zip  *zip.Writer
	at   time.Time
	root string
	err  error
}

func (p *packer) put(name string, write func(io.Writer) error) {
	if p.err != nil {
		return
	}
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: path.Join(p.root, name), Method: zip.Deflate, Modified: p.at})
	if err == nil {
		err = write(w)
	}
	if err != nil {
		p.err = fmt.Errorf("%s: %w", name, err)
	}
}

func (p *packer) text(name, text string) {
	p.put(name, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
}

func (p *packer) json(name string, v any) {
	p.put(name, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	})
}

// lines writes one JSON document a line.
func (p *packer) lines(name string, n int, at func(int) any) {
	p.put(name, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false) // the body must stand as it was hashed
		for i := range n {
			if err := e.Encode(at(i)); err != nil {
				return err
			}
		}
		return nil
	})
}

// copy adds a file as it lies. One that is gone or changed leaves a note in its place: the rest of the bundle is still worth
// having, and the verification names the file.
func (p *packer) copy(ctx context.Context, all Records, name, sum string) {
	if p.err == nil {
		p.err = ctx.Err()
	}
	p.put(name, func(w io.Writer) error {
		if err := all.CopyFile(w, sum); err != nil {
			_, err := io.WriteString(w, "missing: "+sum+"\n")
			return err
		}
		return nil
	})
}

// safe makes a name fit for every file system.
func safe(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/|?*\`, r) || r < ' ' {
			return '_'
		}
		return r
	}, name)
}

// model fills the PDF.
func model(f records.CaseFile, o Options) document.CaseFile {
	say := func(key string, args ...any) string { return o.Texts.Say(o.Lang, key, args...) }
	c := f.Case
	out := document.CaseFile{
		Number: c.Number, Customer: c.CustomerName, Contact: c.ContactName, Phone: c.Caller, Product: c.Product, Category: c.Category, Subject: c.Subject,
		Owner: c.OwnerName, State: say("timeline.case." + c.State), Opened: c.OpenedAt, Closed: c.ClosedAt, Description: c.Description, Issued: f.At,
	}
	for _, e := range f.Timeline {
		what := Word(o.Texts, o.Lang, e)
		if e.Order != "" {
			what = e.Order + " " + what
		}
		if detail := Detail(o.Texts, o.Lang, e); detail != "" {
			what += " — " + detail
		}
		out.Timeline = append(out.Timeline, document.Entry{At: e.At, Who: e.By, What: what, Hash: e.Hash})
	}
	rules := slices.Clone(f.Rules)
	var results []string
	for _, order := range f.Orders {
		rules = append(rules, order.Rules...)
		if order.Order.Result != "" {
			results = append(results, order.Order.Number+" "+order.Order.Result)
		}
	}
	out.Resolution = strings.Join(results, "\n")
	for _, r := range rules {
		out.Rules = append(out.Rules, document.Rule{Name: r.Rule.Name.In(o.Lang), Verdict: say("orders.verdict." + string(r.Verdict))})
	}
	for _, x := range f.Files {
		out.Files = append(out.Files, document.File{Name: x.Name, Bytes: x.Size, SHA256: x.SHA256})
	}
	for _, x := range f.Attachments {
		out.Files = append(out.Files, document.File{Name: x.Name, Bytes: x.Size, SHA256: x.SHA256})
	}
	out.Verified = verified(f, o)
	return out
}

func verified(f records.CaseFile, o Options) string {
	key := "timeline.checked.holds"
	if !f.Checked.Holds {
		key = "timeline.checked.broken"
	}
	return o.Texts.Say(o.Lang, key, f.ChainLength, f.ChainHead, len(f.Calls), f.Checked.Evidence.Files)
}
