package floor

import (
	"encoding/json"
	"slices"

	"hotline/queue"
	"hotline/records"
)

// untold takes out of a timeline what agents are not told: that a manager listened, and the ringing of the manager's phone.
func untold(journal []records.JournalEntry) []records.JournalEntry {
	said := func(entry records.JournalEntry) (e queue.Event) {
		if json.Unmarshal(entry.Data, &e) != nil {
			return queue.Event{}
		}
		return e
	}
	hidden := map[string]bool{}
	for _, entry := range journal {
		if e := said(entry); e.Kind == queue.EventMonitored {
			hidden[e.Data["leg"]] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(journal), func(entry records.JournalEntry) bool {
		e := said(entry)
		return e.Kind == queue.EventMonitored || e.Kind != queue.EventEnded && e.Data["leg"] != "" && hidden[e.Data["leg"]]
	})
}
