package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/records"
)

// told is what a history left in the records: of every list something.
func told(t *testing.T, seed uint64) map[string][]string {
	t.Helper()
	firm, err := company()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{dir: t.TempDir()}
	if err := s.configure(); err != nil {
		t.Fatal(err)
	}
	contacts, err := writeHistory(t.Context(), s, firm, everybody(firm, 6), seed)
	if err != nil {
		t.Fatal(err)
	}
	if len(contacts) < 10 {
		t.Errorf("%d people know the number", len(contacts))
	}
	h := &history{zone: time.UTC, now: time.Now()}
	store, err := records.Open(t.Context(), h.options(filepath.Join(s.dir, "data")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, lists := context.Background(), map[string][]string{}
	orders, err := store.Orders(ctx, records.OrderFilter{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range orders.Items {
		lists[o.Kind] = append(lists[o.Kind], string(o.State)+" "+o.Engineer+" "+o.Subject)
	}
	follow, err := store.FollowUps(ctx, records.FollowUpFilter{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range follow.Items {
		lists["follow-ups "+string(f.State)] = append(lists["follow-ups "+string(f.State)], f.Case)
	}
	digests, err := store.Digests(ctx, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range digests.Items {
		lists["digests"] = append(lists["digests"], d.ID)
	}
	articles, err := store.Articles(ctx, records.ArticleFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range articles.Items {
		lists["articles"] = append(lists["articles"], string(a.State)+" "+a.Text.Title.Zh)
	}
	improvements, err := store.Improvements(ctx, records.ImprovementFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range improvements.Items {
		lists["improvements"] = append(lists["improvements"], string(x.State))
	}
	if checked, broken, err := store.VerifyDraws(ctx); err != nil || len(broken) > 0 || checked == 0 {
		t.Errorf("%d draws, %d broken, %v", checked, len(broken), err)
	}
	return lists
}

// TestTheHistoryLeavesNoListEmpty: every kind of order, and of those dispatched each lane of the board; the same seed writes it again.
func TestTheHistoryLeavesNoListEmpty(t *testing.T) {
	lists := told(t, 7)
	for list, atLeast := range map[string]int{
		"remote": 3, "onsite": 2, "open_class": 2, "consulting": 2, "development": 1, "followup": 1, "follow-ups due": 4, "follow-ups done": 4, "digests": 1, "articles": 4, "improvements": 1,
	} {
		if len(lists[list]) < atLeast {
			t.Errorf("%s: %q, want at least %d", list, lists[list], atLeast)
		}
	}
	all := strings.Join(append(lists["remote"], lists["onsite"]...), "\n")
	for _, state := range []string{"assigned ", "running ", "paused "} {
		if !strings.Contains(all, state) {
			t.Errorf("no order is %s:\n%s", state, all)
		}
	}
	again := told(t, 7)
	for _, list := range []string{"remote", "onsite", "open_class", "consulting", "development", "articles"} { // draws are nobody's to repeat
		if want := lists[list]; strings.Join(again[list], "\n") != strings.Join(want, "\n") {
			t.Errorf("the same seed wrote other %s:\n%q\n%q", list, want, again[list])
		}
	}
}
