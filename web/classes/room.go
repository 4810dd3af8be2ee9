package classes

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/boombuler/barcode/qr"

	"hotline/records"
	"hotline/web/ui"
)

// roomPage shows the code of a session, for a screen in the room. It renews itself.
type roomPage struct {
	Class   records.Class
	Lesson  records.Lesson
	Code    string
	Address string
	Picture template.URL
	Present int
}

func (c *Classes) room(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	k, err := c.store.Class(ctx, r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	x, err := c.store.Lesson(ctx, r.PathValue("lesson"))
	if err == nil && x.Class != k.ID {
		err = records.ErrNotFound
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := roomPage{Class: k, Lesson: x, Code: x.RoomCode(c.opt.Now())}
	p.Address = c.at(r, "/in/"+x.ID+"/"+p.Code)
	if p.Picture, err = picture(p.Address); err != nil {
		c.fail(w, r, err)
		return
	}
	came, err := c.store.Attendances(ctx, k.ID)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	for _, a := range came {
		if a.Session == x.ID && a.Present {
			p.Present++
		}
	}
	if r.Header.Get("HX-Request") == "true" {
		c.pages.Fragment(w, r, http.StatusOK, "classes/room#code", p)
		return
	}
	c.pages.Render(w, r, http.StatusOK, "classes/room", p)
}

// picture draws a QR code (ISO/IEC 18004, error correction M) as SVG, with the quiet zone of four dots.
func picture(content string) (template.URL, error) {
	code, err := qr.Encode(content, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("QR code: %w", err)
	}
	side := code.Bounds().Dx()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M-4-4h%dv%dh-%dz"/><path d="`, side+8, side+8, side+8, side+8, side+8)
	for y := range side {
		for x := range side {
			if dark, _, _, _ := code.At(x, y).RGBA(); dark < 0x8000 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(b.String()))), nil //nolint:gosec // made here
}

// passPage is what staff sees who scanned a participant's pass.
type passPage struct {
	Class   records.Class
	Person  records.Registration
	Lessons []passLesson
	Refused []string
}

type passLesson struct {
	records.Lesson
	In *records.Attendance
}

func (c *Classes) pass(w http.ResponseWriter, r *http.Request) {
	c.showPass(w, r, http.StatusOK, nil)
}

func (c *Classes) showPass(w http.ResponseWriter, r *http.Request, status int, told []string) {
	ctx := r.Context()
	reg, err := c.store.RegistrationOfPass(ctx, r.PathValue("pass"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := passPage{Person: reg, Refused: told}
	if p.Class, err = c.store.Class(ctx, reg.Class); err != nil {
		c.fail(w, r, err)
		return
	}
	lessons, err := c.store.Lessons(ctx, reg.Class)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	came, err := c.store.Attendances(ctx, reg.Class)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	for _, x := range lessons {
		if x.Off {
			continue
		}
		row := passLesson{Lesson: x}
		for _, a := range came {
			if a.Session == x.ID && a.Registration == reg.ID && a.Present {
				row.In = &a
			}
		}
		p.Lessons = append(p.Lessons, row)
	}
	c.pages.Render(w, r, status, "classes/pass", p)
}

func (c *Classes) passIn(w http.ResponseWriter, r *http.Request) {
	reg, err := c.store.RegistrationOfPass(r.Context(), r.PathValue("pass"))
	if err == nil {
		_, err = c.store.CheckIn(r.Context(), records.Actor{Login: ui.VisitorOf(r.Context()).Login}, r.PostFormValue("lesson"), reg.ID, records.ByPass, "", "")
	}
	if err == nil {
		http.Redirect(w, r, "/pass/"+r.PathValue("pass"), http.StatusSeeOther)
		return
	}
	told, ok := c.refused(r, err)
	if !ok || reg.ID == "" {
		c.fail(w, r, err)
		return
	}
	c.showPass(w, r, statusOf(err), told)
}
