package classes

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"hotline/records"
	"hotline/records/course"
	"hotline/records/procedure"
)

// refusalKey is the text of a refusal, "" for an error that is none.
func refusalKey(err error) string {
	if p, ok := errors.AsType[*records.Problem](err); ok {
		return "sheets.refused." + p.Code
	}
	return ""
}

// doorPage is the public page of a class.
type doorPage struct {
	Class     records.Class
	Lessons   []records.Lesson
	Lecturers []records.Lecturer
	Open      bool
	Free      int
	Form      records.NewRegistration
	Refused   []string
	Known     bool // the number is registered already
	Hotline   string
}

func (c *Classes) door(w http.ResponseWriter, r *http.Request) {
	c.showDoor(w, r, http.StatusOK, func(*doorPage) {})
}

func (c *Classes) showDoor(w http.ResponseWriter, r *http.Request, status int, change func(*doorPage)) {
	ctx := r.Context()
	k, err := c.store.ClassAt(ctx, r.PathValue("door"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	d := doorPage{Class: k, Open: k.Open(c.opt.Now()), Free: max(k.Seats-k.Taken, 0), Hotline: c.opt.Hotline}
	if d.Lessons, err = c.store.Lessons(ctx, k.ID); err != nil {
		c.fail(w, r, err)
		return
	}
	all, err := c.store.Lecturers(ctx, k.ID)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	for _, l := range all {
		if l.State == records.LecturerConfirmed {
			d.Lecturers = append(d.Lecturers, l)
		}
	}
	change(&d)
	c.pages.Render(w, r, status, "classes/door", d)
}

// join registers who fills in the public page, and sends them on to their own link.
func (c *Classes) join(w http.ResponseWriter, r *http.Request) {
	k, err := c.store.ClassAt(r.Context(), r.PathValue("door"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	in := records.NewRegistration{
		Class: k.ID, Name: r.PostFormValue("name"), Organisation: r.PostFormValue("organisation"), Number: r.PostFormValue("number"), Email: r.PostFormValue("email"),
		Via: procedure.ViaLink,
	}
	if !c.doors.Allow() {
		c.showDoor(w, r, http.StatusTooManyRequests, func(d *doorPage) { d.Form, d.Refused = in, []string{c.say(r, "classes.busy")} })
		return
	}
	reg, fresh, err := c.store.Register(r.Context(), in)
	if err != nil {
		told, ok := c.refused(r, err)
		if !ok {
			c.fail(w, r, err)
			return
		}
		c.showDoor(w, r, statusOf(err), func(d *doorPage) { d.Form, d.Refused = in, told })
		return
	}
	if !fresh { // whoever asks may be somebody else: nothing is told about the one who is registered
		c.showDoor(w, r, http.StatusConflict, func(d *doorPage) { d.Form, d.Known = in, true })
		return
	}
	_, token, err := c.newLink(r, k, reg.ID, "")
	if err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/c/"+token, http.StatusSeeOther)
}

// calendar gives the sessions as calendar entries: no names, no numbers.
func (c *Classes) calendar(w http.ResponseWriter, r *http.Request) {
	k, err := c.store.ClassAt(r.Context(), r.PathValue("door"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	all, err := c.store.AppointmentsOf(r.Context(), k.ID, c.at(r, "/join/"+k.Door))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+k.Number+`.ics"`)
	_, _ = w.Write(course.Entries("Hotline", all)) // the browser has gone
}

// inPage is what a participant sees who scanned the code of the room.
type inPage struct {
	Class   records.Class
	Lesson  records.Lesson
	Code    string
	Number  string
	Done    string // name of who is checked in
	Refused []string
	Hotline string
}

func (c *Classes) inPage(r *http.Request) (inPage, error) {
	x, err := c.store.Lesson(r.Context(), r.PathValue("lesson"))
	if err != nil {
		return inPage{}, err
	}
	k, err := c.store.Class(r.Context(), x.Class)
	return inPage{Class: k, Lesson: x, Code: r.PathValue("code"), Hotline: c.opt.Hotline}, err
}

func (c *Classes) checkIn(w http.ResponseWriter, r *http.Request) {
	p, err := c.inPage(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.pages.Render(w, r, http.StatusOK, "classes/in", p)
}

// deviceCookie names the device that scans, so that one phone checks in one person.
const deviceCookie = "hotline-attends"

func (c *Classes) checkedIn(w http.ResponseWriter, r *http.Request) {
	p, err := c.inPage(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p.Number = r.PostFormValue("number")
	if !c.doors.Allow() {
		p.Refused = []string{c.say(r, "classes.busy")}
		c.pages.Render(w, r, http.StatusTooManyRequests, "classes/in", p)
		return
	}
	device := rand.Text()
	if cookie, err := r.Cookie(deviceCookie); err == nil && len(cookie.Value) == len(device) {
		device = cookie.Value
	}
	sum := sha256.Sum256([]byte(device))
	reg, err := c.store.RegistrationOfNumber(r.Context(), p.Class.ID, p.Number)
	if err == nil {
		by := records.Actor{Customer: reg.Name, Via: procedure.ViaLink}
		_, err = c.store.CheckIn(r.Context(), by, p.Lesson.ID, reg.ID, records.ByCode, strings.ToLower(p.Code), hex.EncodeToString(sum[:16]))
	}
	if err != nil {
		told, ok := c.refused(r, err)
		if !ok {
			c.fail(w, r, err)
			return
		}
		p.Refused = told
		c.pages.Render(w, r, statusOf(err), "classes/in", p)
		return
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure follows the configuration, as for the session
		Name: deviceCookie, Value: device, Path: "/in/", MaxAge: int((24 * time.Hour).Seconds()), HttpOnly: true, Secure: c.opt.TLS, SameSite: http.SameSiteLaxMode,
	})
	p.Done = reg.Name
	c.pages.Render(w, r, http.StatusOK, "classes/in", p)
}
