package classes

import (
	"encoding/json"
	"net/http"
	"time"

	"hotline/records"
	"hotline/records/procedure"
)

// subject is what a link of this package holds: whose it is.
type subject struct {
	Seat     string `json:"seat,omitempty"`     // registration
	Lecturer string `json:"lecturer,omitempty"` // invitation
}

// people does what staff does for participants: register who phones, confirm, take off, check in, give the link.
func (c *Classes) people(w http.ResponseWriter, r *http.Request) {
	ctx, by := r.Context(), staff(r)
	k, err := c.store.Class(ctx, r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	tab, person := "people", r.PostFormValue("person")
	switch r.PathValue("do") {
	case "register":
		_, _, err = c.store.Register(ctx, records.NewRegistration{
			Class: k.ID, Name: r.PostFormValue("name"), Organisation: r.PostFormValue("organisation"), Number: r.PostFormValue("number"),
			Email: r.PostFormValue("email"), Via: procedure.ViaDesk,
		})
	case "confirm":
		_, err = c.store.ConfirmSeat(ctx, by, person)
	case "cancel":
		_, err = c.store.CancelSeat(ctx, by, person, r.PostFormValue("reason"))
	case "told":
		err = c.told(r, person)
	case "link":
		c.linkFor(w, r, k, tab)
		return
	case "in":
		tab = "attendance"
		_, err = c.store.CheckIn(ctx, by, r.PostFormValue("lesson"), person, records.ByList, "", "")
	case "out":
		tab = "attendance"
		_, err = c.store.TakeBack(ctx, by, r.PostFormValue("lesson"), person, r.PostFormValue("reason"))
	default:
		err = records.ErrNotFound
	}
	c.after(w, r, k, tab, err)
}

// told notes that staff told a person where the registration stands.
func (c *Classes) told(r *http.Request, id string) error {
	reg, err := c.store.Registration(r.Context(), id)
	if err != nil {
		return err
	}
	return c.store.Told(r.Context(), records.Untold{ID: reg.ID, State: string(reg.State)})
}

// linkFor makes a link for a participant or lecturer and shows it once, for whoever tells them.
func (c *Classes) linkFor(w http.ResponseWriter, r *http.Request, k records.Class, tab string) {
	name, token, err := c.newLink(r, k, r.PostFormValue("person"), r.PostFormValue("lecturer"))
	if err != nil {
		c.after(w, r, k, tab, err)
		return
	}
	c.showTab(w, r, http.StatusOK, tab, nil, func(p *classPage) { p.Link, p.LinkName = c.at(r, "/c/"+token), name })
}

// linkLasts is how long a participant's link works after the class.
const linkLasts = 30 * 24 * time.Hour

func (c *Classes) newLink(r *http.Request, k records.Class, seat, lecturer string) (name, token string, err error) {
	in := records.NewLink{Purpose: records.LinkRegister, Order: k.ID, Subject: k.Title}
	who := subject{Seat: seat, Lecturer: lecturer}
	if lecturer != "" {
		l, err := c.store.Lecturer(r.Context(), lecturer)
		if err != nil {
			return "", "", err
		}
		in.Name, in.Number = l.Name, l.Number
	} else {
		reg, err := c.store.Registration(r.Context(), seat)
		if err != nil {
			return "", "", err
		}
		in.Name, in.Number = reg.Name, reg.Number
	}
	now, last := c.opt.Now(), k.To
	if last.Before(now) {
		last = now
	}
	if in.Until = last.Add(linkLasts); in.Until.After(now.Add(89 * 24 * time.Hour)) {
		in.Until = now.Add(89 * 24 * time.Hour)
	}
	if in.Data, err = json.Marshal(who); err != nil {
		return "", "", err
	}
	_, token, err = c.store.NewLink(r.Context(), staff(r), in)
	return in.Name, token, err
}
