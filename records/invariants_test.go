package records_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"github.com/jmoiron/sqlx"

	"hotline/records"
)

// invariants checks I1 to I5 against everything that a database holds, by SQL beside the store's own code. Each query
// finds what must not be.
func invariants(t interface {
	Errorf(string, ...any)
	Fatalf(string, ...any)
}, s *records.Store, path string,
) {
	ctx := context.Background()
	db, err := sqlx.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer db.Close()
	for what, query := range map[string]string{
		"I1: a case without an owner":                `SELECT number FROM cases WHERE owner = ''`,
		"I1: owner differs from the end of history":  `SELECT number FROM cases c WHERE owner <> (SELECT new_owner FROM ownership_history h WHERE h.case_number = c.number ORDER BY seq DESC LIMIT 1)`,
		"I1: history does not begin with one claim":  `SELECT number FROM cases c WHERE 1 <> (SELECT COUNT(*) FROM ownership_history h WHERE h.case_number = c.number AND h.input = 'claim' AND h.seq = 1 AND h.old_owner = '')`,
		"I1: history has gaps":                       `SELECT case_number FROM ownership_history GROUP BY case_number HAVING MAX(seq) <> COUNT(*)`,
		"I1: history does not follow itself":         `SELECT b.case_number FROM ownership_history a JOIN ownership_history b ON b.case_number = a.case_number AND b.seq = a.seq + 1 WHERE b.old_owner <> a.new_owner`,
		"I1: a call without its first agent":         `SELECT call FROM case_calls k WHERE NOT EXISTS (SELECT 1 FROM call_agents a WHERE a.call = k.call AND a.agent = k.agent)`,
		"I2: owner changed by something else":        `SELECT case_number FROM ownership_history WHERE old_owner <> new_owner AND input NOT IN ('claim', 'accept', 'override')`,
		"I2: accepted without an accepted hand-over": `SELECT h.case_number FROM ownership_history h LEFT JOIN handovers o ON o.id = h.handover WHERE h.input = 'accept' AND (o.outcome IS NULL OR o.outcome <> 'accepted' OR o.ended_by <> h.new_owner)`,
		"I2: an override without reason or audit":    `SELECT h.case_number FROM ownership_history h WHERE h.input = 'override' AND (h.reason = '' OR NOT EXISTS (SELECT 1 FROM audit a WHERE a.action = 'case.override' AND a.object = h.case_number AND a.actor = h.actor))`,
		"I2: two hand-overs offered at once":         `SELECT case_number FROM handovers WHERE outcome = '' GROUP BY case_number HAVING COUNT(*) > 1`,
		"I2: an offer the case does not know":        `SELECT id FROM handovers h WHERE outcome = '' AND id <> (SELECT handover FROM cases c WHERE c.number = h.case_number)`,
		"I2: an offer on a case that has ended":      `SELECT number FROM cases WHERE handover <> '' AND (closed_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM handovers h WHERE h.id = handover AND h.outcome = ''))`,
		"I4: closed by no permitted wrap-up":         `SELECT number FROM cases c WHERE closed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM wrapups w WHERE w.case_number = c.number AND w.outcome = c.state AND w.outcome IN ('solved', 'referred'))`,
		"I4: finished twice":                         `SELECT case_number FROM ownership_history WHERE input = 'finish' GROUP BY case_number HAVING COUNT(*) > 1`,
		"I5: escalated without escalation":           `SELECT number FROM cases c WHERE state = 'escalated' AND NOT EXISTS (SELECT 1 FROM escalations e WHERE e.case_number = c.number)`,
		"I5: overdue and the manager not told":       `SELECT id FROM escalations e WHERE state = 'overdue' AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.once = 'escalation-overdue ' || e.id)`,
		"the feed has gaps":                          `SELECT MAX(seq) FROM escalation_feed HAVING MAX(seq) <> COUNT(*)`,
		"the feed's last word is not the state":      `SELECT e.id FROM escalations e WHERE e.version <> (SELECT COUNT(*) FROM escalation_feed f WHERE f.escalation = e.id)`,
	} {
		var wrong []string
		if err := db.SelectContext(ctx, &wrong, query); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for _, id := range wrong {
			t.Errorf("%s: %s", what, id)
		}
	}
	report, err := s.Journal().VerifyChains(ctx)
	if err == nil {
		err = report.Err()
	}
	if err != nil {
		t.Errorf("%v", err)
	}
}

// TestInvariantsCanFail: the checks above see what they look for.
func TestInvariantsCanFail(t *testing.T) {
	ctx, path := t.Context(), t.TempDir()+"/records.db"
	s := openAt(t, path)
	staff(t, s)
	answer(t, s, "c1", "li", "")
	invariants(t, s, path)
	db := get[*sql.DB](t)(sql.Open("sqlite3", "file:"+path))
	defer db.Close()
	get[sql.Result](t)(db.ExecContext(ctx, `UPDATE cases SET owner = 'wang'`))
	var seen found
	invariants(&seen, s, path)
	if len(seen) == 0 {
		t.Error("an owner changed behind the history's back was not seen")
	}
}

// found collects what a check reports.
type found []string

func (f *found) Errorf(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }
func (f *found) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
