package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"hotline/queue"
)

// TestADeskWaitsForNobodyWhoHungUp: the desk is told that a caller is put back to it only where one is.
func TestADeskWaitsForNobodyWhoHungUp(t *testing.T) {
	for name, test := range map[string]struct {
		by   time.Time
		said bool
	}{
		"hung up":   {time.Time{}, false},
		"broke off": {time.Date(2026, 11, 23, 8, 0, 20, 0, time.UTC), true},
	} {
		data, err := json.Marshal(wordOf(queue.Over{Agent: "li", Call: "c1", End: "caller", ReturnBy: test.by}))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "return_by") != test.said {
			t.Errorf("%s: the desk is told %s", name, data)
		}
	}
}
