package dispatch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"hotline/records/calendar"
	"hotline/web/ui"
)

const (
	maxCalendarFile = 1 << 20
	uploadTime      = time.Minute
)

// previewDays reads an uploaded file of dated days and shows what it would change; nothing is kept.
func (d *Dispatch) previewDays(w http.ResponseWriter, r *http.Request) {
	c, err := d.opt.Records.Calendar(r.Context(), r.PathValue("name"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	file, text, err := uploaded(w, r, "file", maxCalendarFile)
	if err != nil {
		d.trouble(w, r, http.StatusBadRequest, "dispatch.trouble.upload")
		return
	}
	in := calendar.ReadDays(file, text)
	sum := sha256.Sum256(text)
	p := previewPage{
		Name: c.Name, Title: d.titleOf(d.opt.Calendars, c.Name, ui.VisitorOf(r.Context()).Lang), File: file, Format: in.Format, Source: in.Source,
		SHA256: hex.EncodeToString(sum[:]), Troubles: in.Troubles,
	}
	if len(in.Troubles) > 0 {
		d.opt.Pages.Render(w, r, http.StatusUnprocessableEntity, "dispatch/preview", p)
		return
	}
	for _, one := range c.Preview(in.Days) {
		row := change{Change: one, Kind: dayKind(one.Off), Was: dayKind(one.Before.Off), HoursText: hoursText(one.Hours)}
		if one.Usual {
			row.Kind = "usual"
		}
		switch {
		case one.Same:
			p.Same++
		case one.Dated:
			p.Changed++
		default:
			p.New++
		}
		p.Changes = append(p.Changes, row)
	}
	d.opt.Pages.Render(w, r, http.StatusOK, "dispatch/preview", p)
}

func (d *Dispatch) titleOf(all []Choice, code, lang string) string {
	for _, c := range all {
		if c.Code == code {
			return c.Text.in(lang)
		}
	}
	return code
}

// uploaded reads one small file of a multipart form.
func uploaded(w http.ResponseWriter, r *http.Request, field string, most int64) (name string, text []byte, err error) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)) // recorders in tests have none
	r.Body = http.MaxBytesReader(w, r.Body, most+(64<<10))
	form, err := r.MultipartReader()
	if err != nil {
		return "", nil, fmt.Errorf("upload: %w", err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return "", nil, fmt.Errorf("upload: no file in the form")
		}
		if err != nil {
			return "", nil, fmt.Errorf("upload: %w", err)
		}
		if part.FormName() != field || part.FileName() == "" {
			continue
		}
		text, err = io.ReadAll(part)
		if err != nil {
			return "", nil, fmt.Errorf("upload: %w", err)
		}
		return part.FileName(), text, nil
	}
}
