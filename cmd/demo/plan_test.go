package main

import (
	"slices"
	"testing"
	"time"
)

func TestOneSeedGivesOnePlan(t *testing.T) {
	firm, err := company()
	if err != nil {
		t.Fatal(err)
	}
	if len(firm.Staff) < 6 || len(firm.Customers) < 5 || len(firm.Problems) < 5 {
		t.Fatalf("the company is too small to look at: %d, %d, %d", len(firm.Staff), len(firm.Customers), len(firm.Problems))
	}
	plan := newPlan(7, 500, 10*time.Second, firm)
	if !slices.Equal(plan, newPlan(7, 500, 10*time.Second, firm)) {
		t.Error("the same seed gave another plan")
	}
	if slices.Equal(plan, newPlan(8, 500, 10*time.Second, firm)) {
		t.Error("another seed gave the same plan")
	}
	dialled, hidden := map[string]int{}, 0
	for i, c := range plan {
		if i > 0 && c.at < plan[i-1].at {
			t.Fatalf("caller %d comes before the one before", i)
		}
		if c.patience < 2*time.Second || c.talk < 8*time.Second {
			t.Errorf("caller %d hangs up at once: %v", i, c)
		}
		dialled[c.dial]++
		if c.number == "" {
			hidden++
		}
	}
	for queue, number := range numbers() {
		if dialled[number] == 0 {
			t.Errorf("nobody calls %s", queue)
		}
	}
	if hidden == 0 || hidden > 100 {
		t.Errorf("%d of 500 hide their number", hidden)
	}
	if mean := plan[499].at / 500; mean < 8*time.Second || mean > 12*time.Second {
		t.Errorf("callers come every %v, want 10 s", mean)
	}
}
