package orders

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// addEvidence takes the form of one need: text, facts, a file, a signature, a waiver.
func (p *Pages) addEvidence(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		r.Body = http.MaxBytesReader(w, r.Body, p.opt.MaxFile+(1<<20))
		ctl := http.NewResponseController(w)
		_ = ctl.SetReadDeadline(time.Now().Add(2 * time.Minute)) // recorders in tests have none
		if err := r.ParseMultipartForm(1 << 20); err != nil {    //nolint:gosec // the body is bounded above
			p.trouble(w, r, http.StatusRequestEntityTooLarge, "orders.trouble.large")
			return
		}
		defer func() { _ = r.MultipartForm.RemoveAll() }() // temporary files
	}
	step, need := r.PostFormValue("step"), r.PostFormValue("need")
	p.act(w, r, step, need, func(ctx context.Context) error {
		f, err := p.opt.Records.Order(ctx, r.PathValue("id"))
		if err != nil {
			return err
		}
		in, by, err := p.evidenceOf(r, f, step, need)
		if err != nil {
			return err
		}
		_, err = p.opt.Records.AddEvidence(ctx, by, in)
		return err
	})
}

func (p *Pages) evidenceOf(r *http.Request, f records.OrderFile, step, need string) (records.EvidenceInput, records.Actor, error) {
	_, n, _ := f.Definition.Need(procedure.Ref(step + "." + need))
	in := records.EvidenceInput{Order: f.Order.ID, Step: step, Need: need, Kind: n.Kind, Client: r.PostFormValue("client")}
	by, body := staff(r), map[string]any{}
	if need == "" {
		in.Kind = procedure.Written
	}
	switch {
	case r.PostFormValue("waiver") != "":
		in.Kind = procedure.Waiver
		body["who"], body["reason"] = r.PostFormValue("who"), r.PostFormValue("reason")
	case in.Kind == procedure.Fact:
		body = p.facts(r, n)
	case in.Kind == procedure.Confirmation:
		// What was signed on paper, or said to staff: the customer does not act on this page, so it counts as brought by whoever is signed in.
		body["who"], body["shown"] = strings.TrimSpace(r.PostFormValue("who")), shown(f)
		by.Via = procedure.ViaSignature
	default:
		body["text"] = r.PostFormValue("text")
	}
	file, err := p.upload(r)
	if err != nil {
		return in, by, err
	}
	in.File = file
	if in.Kind == procedure.Confirmation && file == "" && (len(n.Via) == 0 || slices.Contains(n.Via, procedure.ViaDesk)) {
		by.Via = procedure.ViaDesk
	}
	if in.File != "" && need == "" {
		in.Kind = procedure.File
	}
	in.Body, err = json.Marshal(body)
	return in, by, err
}

// shown is the hash of what lay before the customer: the newest document of the order, else the whole of its evidence by the
// head of its chain.
func shown(f records.OrderFile) string {
	hash := f.ChainHead
	for _, e := range f.Evidence {
		if e.Kind == procedure.Document {
			hash = e.SHA256
		}
	}
	return hash
}

// facts reads the fields of a fact as JSON has them: numbers as numbers, times with their zone.
func (p *Pages) facts(r *http.Request, n procedure.Need) map[string]any {
	zone, out := ui.VisitorOf(r.Context()).Zone, map[string]any{}
	for _, f := range n.Fields {
		raw := strings.TrimSpace(r.PostFormValue("f-" + f.Code))
		switch f.Type {
		case procedure.TypeNumber:
			if x, err := strconv.ParseFloat(raw, 64); err == nil {
				out[f.Code] = x
				continue
			}
		case procedure.TypeYes:
			if raw != "" {
				out[f.Code] = raw == "true"
				continue
			}
		case procedure.TypeTime:
			if at, err := time.ParseInLocation("2006-01-02T15:04", raw, zone); err == nil {
				out[f.Code] = at.Format(time.RFC3339)
				continue
			}
		}
		if raw != "" {
			out[f.Code] = raw // the procedure says what is wrong with it
		}
	}
	return out
}

// upload keeps the file of a form, if there is one.
func (p *Pages) upload(r *http.Request) (string, error) {
	if r.MultipartForm == nil {
		return "", nil
	}
	file, head, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("upload: %w", err)
	}
	defer func() { _ = file.Close() }() // it was read
	kept, err := p.opt.Records.SaveFile(r.Context(), ui.VisitorOf(r.Context()).Login, head.Filename, file)
	return kept.ID, err
}

// shownInline says whether a file is a picture that a page may show. The type was sniffed from the bytes.
func shownInline(media string) bool {
	return media == "image/png" || media == "image/jpeg" || media == "image/webp"
}

// file sends a file of the order: pictures to be shown, everything else as a download.
func (p *Pages) file(w http.ResponseWriter, r *http.Request) {
	f, ok := p.readable(w, r)
	if !ok {
		return
	}
	for _, x := range f.Files {
		if x.ID != r.PathValue("file") {
			continue
		}
		file, body, err := p.opt.Records.OpenFile(r.Context(), x.ID)
		if err != nil {
			p.failed(w, r, "a file cannot be read", err)
			return
		}
		defer func() { _ = body.Close() }() // it was read
		how, media := "attachment", "application/octet-stream"
		if shownInline(file.Media) {
			how, media = "inline", file.Media
		}
		w.Header().Set("Content-Type", media)
		w.Header().Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": file.Name}))
		http.ServeContent(w, r, "", file.At, body)
		return
	}
	p.trouble(w, r, http.StatusNotFound, "orders.trouble.nofile")
}
