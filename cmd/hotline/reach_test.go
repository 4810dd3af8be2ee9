package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// heardOf writes down what presence is told.
type heardOf struct{ said []string }

func (h *heardOf) PhoneUp(login string, _ time.Time, lacks ...string) {
	h.said = append(h.said, strings.TrimRight(fmt.Sprintf("%s up %s", login, strings.Join(lacks, " ")), " "))
}

func (h *heardOf) PhoneDown(login string, _ time.Time) { h.said = append(h.said, login+" down") }

func (h *heardOf) want(t *testing.T, what string, want ...string) {
	t.Helper()
	slices.Sort(h.said)
	if !slices.Equal(h.said, want) {
		t.Errorf("%s: told %q, want %q", what, h.said, want)
	}
	h.said = nil
}

// TestWherePhonesAre: one switch is enough, what is missing is named, and only changes are told.
func TestWherePhonesAre(t *testing.T) {
	h := &heardOf{}
	r := newReach([]string{"sh1", "bj1"}, h)
	now := time.Unix(1_790_000_000, 0)
	r.switchUp("bj1")
	r.phone("bj1", "an", true, now)
	r.phone("bj1", "bo", true, now)
	h.want(t, "one switch connected", "an up sh1", "bo up sh1")
	r.synced("bj1")
	r.phone("bj1", "an", true, now.Add(time.Second)) // they register again all the time
	h.want(t, "no news")
	r.switchUp("sh1")
	r.phone("sh1", "an", true, now)
	r.phone("sh1", "ci", true, now)
	r.synced("sh1")
	h.want(t, "the other connected", "an up", "ci up bj1")

	r.phone("sh1", "an", false, now.Add(time.Minute))
	r.phone("sh1", "an", true, now) // a straggler
	r.phone("bj1", "bo", false, now.Add(time.Minute))
	h.want(t, "phones go", "an up sh1", "bo down")
	r.phone("bj1", "bo", true, now.Add(2*time.Minute))
	r.phone("sh1", "an", true, now.Add(2*time.Minute))
	h.want(t, "phones come", "an up", "bo up sh1")

	r.switchDown("bj1")
	h.want(t, "a switch goes", "an up bj1", "bo down")
	r.switchUp("bj1")
	r.synced("bj1") // an Asterisk that was started anew knows no phone
	h.want(t, "it is back")
	r.phone("bj1", "bo", true, now.Add(-time.Minute)) // its clock is another
	h.want(t, "a phone registers there", "bo up sh1")

	r.switchDown("bj1")
	r.switchDown("sh1")
	h.want(t, "all links lost: calls go on without us", "bo down")
	r.switchUp("bj1")
	r.phone("bj1", "bo", true, now)
	h.want(t, "the first is back, its report is not complete", "bo up sh1")
	r.synced("bj1")
	h.want(t, "complete: who was at the last one is not known any more", "an down", "ci down")
}

// TestASingleSwitchLacksNothing: whoever has one switch only hears nothing of where phones are.
func TestASingleSwitchLacksNothing(t *testing.T) {
	h := &heardOf{}
	r := newReach([]string{"desk"}, h)
	r.switchUp("desk")
	r.synced("desk")
	r.phone("desk", "an", true, time.Time{})
	r.switchDown("desk")
	r.switchUp("desk")
	r.phone("desk", "bo", true, time.Time{})
	h.want(t, "through a break of the link", "an up", "bo up")
	r.synced("desk")
	h.want(t, "the report names one", "an down")
}
