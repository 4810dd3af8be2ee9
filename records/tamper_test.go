package records_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/records"
)

// TestAppendOnly: the database itself refuses to change what must stay.
func TestAppendOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.db")
	s, c := openAt(t, path), newClock()
	ctx := t.Context()
	staff(t, s)
	k := get[records.Contact](t)(s.AddContact(ctx, records.Contact{Name: "孙丽"}))
	get[records.Verification](t)(s.Verify(ctx, records.VerificationInput{Contact: k.ID, By: "li", How: "asked"}))
	must(t, s.SaveVerdict(ctx, judged(c, "c1")))
	must(t, s.EndCall(ctx, records.CallRow{Call: "c1", End: "caller"}))
	raise(t, s, "c1", records.OutcomeRemote, c.now().AddDate(1, 0, 0))
	answer(t, s, "c2", "li", "")
	get[records.WrapUpResult](t)(s.WrapUp(ctx, solved("c2", "li")))
	publishedArticle(t, s, records.SolutionNews, records.AudienceStaff, zh("消息", "", "内容"), time.Time{}, time.Time{})
	s.Journal().Append(records.JournalEntry{Call: "c1", Kind: "arrived"})
	must(t, s.Journal().Flush(ctx))
	db := get[*sql.DB](t)(sql.Open("sqlite3", "file:"+path))
	defer db.Close()
	for _, q := range []string{
		`UPDATE journal SET kind = 'x'`, `DELETE FROM journal`, `DELETE FROM journal_heads`, `UPDATE journal_heads SET count = 0`,
		`UPDATE audit SET actor = 'x'`, `DELETE FROM audit`, `UPDATE verifications SET how = 'x'`, `DELETE FROM verifications`,
		`UPDATE ownership_history SET new_owner = 'x'`, `DELETE FROM ownership_history`, `DELETE FROM cases`, `DELETE FROM escalations`,
		`UPDATE cases SET owner = ''`, `UPDATE cases SET owner = 'x' WHERE closed_at IS NOT NULL`,
		`UPDATE cases SET state = 'open' WHERE closed_at IS NOT NULL`, `UPDATE cases SET state = 'solved'`,
		`UPDATE escalation_feed SET seq = 7`, `DELETE FROM escalation_feed`, `UPDATE wrapups SET outcome = 'x'`, `DELETE FROM wrapups`,
		`UPDATE calls SET met = FALSE`, `UPDATE calls SET waited_ms = 1`, `UPDATE calls SET rule = ''`, `UPDATE calls SET ended = 1`, `DELETE FROM calls`,
		`UPDATE article_versions SET title_zh = 'x'`, `DELETE FROM article_versions`, `UPDATE article_events SET actor = 'x'`, `DELETE FROM article_events`, `DELETE FROM articles`,
	} {
		if _, err := db.ExecContext(ctx, q); err == nil {
			t.Errorf("the database let pass: %s", q)
		}
	}
	info := get[os.FileInfo](t)(os.Stat(path))
	equal(t, "mode", info.Mode().Perm(), os.FileMode(0o600))
}

// TestTampered: somebody who can write the database and knows its triggers is found out all the same, at the right entry.
func TestTampered(t *testing.T) {
	const move = `UPDATE journal SET seq = CASE seq WHEN 3 THEN 94 ELSE 93 END WHERE call = 'c1' AND seq IN (3, 4);
		UPDATE journal SET seq = seq - 90 WHERE call = 'c1' AND seq > 90`
	for name, c := range map[string]struct {
		sql  string
		seq  int64
		what string
	}{
		"edited data":     {`UPDATE journal SET data = '{"n":9}' WHERE call = 'c1' AND seq = 3`, 3, "edited"},
		"edited time":     {`UPDATE journal SET at = at + 1 WHERE call = 'c1' AND seq = 1`, 1, "edited"},
		"edited agent":    {`UPDATE journal SET agent = 'wang' WHERE call = 'c1' AND seq = 5`, 5, "edited"},
		"shifted fields":  {`UPDATE journal SET kind = kind || agent, agent = '' WHERE call = 'c1' AND seq = 2`, 2, "edited"},
		"edited hash":     {`UPDATE journal SET hash = 'x' WHERE call = 'c1' AND seq = 2`, 2, "edited"},
		"edited prev":     {`UPDATE journal SET prev = 'x' WHERE call = 'c1' AND seq = 2`, 2, "edited"},
		"removed first":   {`DELETE FROM journal WHERE call = 'c1' AND seq = 1`, 1, "missing"},
		"removed middle":  {`DELETE FROM journal WHERE call = 'c1' AND seq = 3`, 3, "missing"},
		"removed, closed": {`DELETE FROM journal WHERE call = 'c1' AND seq = 3; UPDATE journal SET seq = seq - 1 WHERE call = 'c1' AND seq > 3`, 3, "edited or moved"},
		"removed end":     {`DELETE FROM journal WHERE call = 'c1' AND seq > 3`, 4, "the end of the chain is missing"},
		"removed all":     {`DELETE FROM journal WHERE call = 'c1'`, 1, "all entries"},
		"reordered":       {move, 3, "edited or moved"},
		"added":           {`INSERT INTO journal SELECT call, 6, at, kind, agent, data, hash, 'x' FROM journal WHERE call = 'c1' AND seq = 5`, 6, "edited"},
		"other chain":     {`UPDATE journal SET call = 'c1', seq = 6 WHERE call = 'c2' AND seq = 1`, 6, "edited or moved"},
		"head removed":    {`DELETE FROM journal_heads WHERE call = 'c1'`, 5, "length is missing"},
		"head shortened":  {`UPDATE journal_heads SET count = 4 WHERE call = 'c1'`, 5, "added after the fact"},
		"head edited":     {`UPDATE journal_heads SET hash = 'x' WHERE call = 'c1'`, 5, "written last"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, path := t.Context(), filepath.Join(t.TempDir(), "records.db")
			s := openAt(t, path)
			for n := range 5 {
				for _, call := range []string{"c0", "c1", "c2"} {
					s.Journal().Append(records.JournalEntry{Call: call, Kind: "offered", Agent: "li", Data: fmt.Appendf(nil, `{"n":%d}`, n)})
				}
			}
			must(t, s.Journal().Flush(ctx))
			must(t, get[records.Report](t)(s.Journal().VerifyChains(ctx)).Err())
			db := get[*sql.DB](t)(sql.Open("sqlite3", "file:"+path))
			defer db.Close()
			for _, trigger := range []string{"journal_no_update", "journal_no_delete", "journal_heads_grow", "journal_heads_no_delete"} {
				get[sql.Result](t)(db.ExecContext(ctx, `DROP TRIGGER `+trigger))
			}
			get[sql.Result](t)(db.ExecContext(ctx, c.sql))
			report := get[records.Report](t)(s.Journal().VerifyChains(ctx))
			if err := report.Err(); !errors.Is(err, records.ErrBroken) {
				t.Fatalf("not found out: %v", err)
			}
			b := report.Broken[0]
			if b.Call != "c1" || b.Seq != c.seq || !strings.Contains(b.What, c.what) {
				t.Errorf("got %+v, want entry %d, %s", b, c.seq, c.what)
			}
			one := get[records.ChainCheck](t)(s.Journal().VerifyCall(ctx, "c1"))
			if one.Broken == nil || *one.Broken != b {
				t.Errorf("the call alone: %+v, want %+v", one.Broken, b)
			}
			if whole := get[records.ChainCheck](t)(s.Journal().VerifyCall(ctx, "c0")); whole.Broken != nil || whole.Entries != 5 || whole.Hash == "" || whole.Pending != 0 {
				t.Errorf("a call that nobody touched: %+v", whole)
			}
			if none := get[records.ChainCheck](t)(s.Journal().VerifyCall(ctx, "nobody")); none != (records.ChainCheck{}) {
				t.Errorf("a call that never was: %+v", none)
			}
		})
	}
}
