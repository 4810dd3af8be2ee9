package floor

import (
	"context"
	"fmt"
	"testing"
	"time"

	"hotline/queue"
	"hotline/records"
	"hotline/web/browser"
)

// A recorded day, played again, shows at every instant what the live numbers said then.
func TestReplayShowsTheDayAgain(t *testing.T) {
	h := openHouse(t, houseOptions{})
	h.staffed([]string{"service", "billing"}, 4, 1)
	now := time.Now().In(h.zone)
	day := time.Date(now.Year(), now.Month(), now.Day()-1, 0, 0, 0, 0, h.zone)
	h.presence("anna", "paused", day.Add(-2*time.Hour)) // the evening before: she begins the day so
	at := day.Add(9 * time.Hour)
	for i := range 30 {
		c := h.rings(fmt.Sprintf("d-%d", i), "service", "+8613800138000", "王芳", at.Add(time.Duration(i)*time.Minute))
		c.offered(0, "anna")
		switch {
		case i%10 == 7:
			c.answered(20*time.Second, "anna") // too late
		case i%10 == 9:
			c.gaveUp(12 * time.Second)
			continue
		case i%10 == 4:
			c.gaveUp(2 * time.Second) // short: no miss of ours
			continue
		default:
			c.answered(4*time.Second, "anna")
		}
		c.ended(50*time.Second, "caller")
	}
	last := h.rings("d-last", "billing", "+8613800138000", "王芳", at.Add(31*time.Minute))
	last.tell(queue.EventOffered, 0, "ben", nil)
	if err := h.store.Journal().Flush(t.Context()); err != nil {
		t.Fatal(err)
	}

	tab := browser.Start(t, browser.Options{}).Tab(browser.Look{Width: 1920, Height: 1080})
	tab.Login(h.server.URL, "sue", password)
	tab.Goto(h.server.URL + "/replay?day=" + day.Format(time.DateOnly))
	tab.Wait(`document.querySelector("#replay").dataset.state === "paused"`)
	tab.WaitText("[data-testid=missed]", "未达成 6 次")
	var before string
	if tab.Eval(`floorReplay().model.agents.get("anna").state`, &before); before != "paused" {
		t.Errorf("the day begins with anna %q", before)
	}

	again := queue.NewNumbers(h.config())
	seek := func(after time.Duration) { tab.Run(fmt.Sprintf(`floorReplay().seek(%d)`, at.Add(after).UnixMicro())) }
	check := func(after time.Duration) {
		t.Helper()
		seek(after)
		want := again.Queues(at.Add(after))[0]
		var got struct {
			Waiting, Talking, Decided, Met int
			Last                           int
		}
		tab.Eval(fmt.Sprintf(`(() => { const q = floorReplay().model.queue("service", %d); return {Waiting: q.waiting, Talking: q.talking, Decided: q.today.decided, Met: q.today.met, Last: q.last_30_min.decided}; })()`,
			at.Add(after).UnixMicro()), &got)
		if got.Waiting != want.Waiting || got.Talking != want.Talking || got.Decided != want.Today.Decided || got.Met != want.Today.Met || got.Last != want.Last30.Decided {
			t.Errorf("at %v: %+v, want %d waiting, %d talking, %d of %d", after, got, want.Waiting, want.Talking, want.Today.Met, want.Today.Decided)
		}
	}
	journal := h.recorded(t, day, day.AddDate(0, 0, 1))
	for _, after := range []time.Duration{2 * time.Second, 7*time.Minute + 19*time.Second, 9*time.Minute + 5*time.Second, 31 * time.Minute} {
		for len(journal) > 0 && !journal[0].At.After(at.Add(after)) {
			again.Apply(journal[0])
			journal = journal[1:]
		}
		check(after)
	}
	// Back again, which counts the day anew.
	seek(0)
	var first int
	if tab.Eval(`floorReplay().model.queue("service", floorReplay().now).today.decided`, &first); first != 0 {
		t.Errorf("back at nine %d calls are decided", first)
	}

	// By hand: to the next miss, then on by itself.
	tab.Key("n")
	tab.WaitText("[data-testid=clock]", "09:07:19")
	picture(t, tab, "replay-miss")
	tab.Run(`document.querySelector("#speed").selectedIndex = 6`)
	tab.Key(" ")
	tab.Wait(`document.querySelector("#replay").dataset.state === "playing" && floorReplay().model.queue("service", floorReplay().now).today.decided >= 10`)
	tab.Key(" ")
	tab.Wait(`document.querySelector("#replay").dataset.state === "paused"`)
	sound(t, tab, "replay")

	tab.Run(`(() => { const d = document.querySelector("#day"); d.selectedIndex = 9; d.dispatchEvent(new Event("change")); })()`)
	tab.WaitVisible("#empty")
	sound(t, tab, "an empty day")
}

// recorded gives the events of a span of time, as the replay of the hotline itself reads them.
func (h *house) recorded(t *testing.T, from, to time.Time) (events []queue.Event) {
	t.Helper()
	page, err := h.store.JournalBetween(context.WithoutCancel(t.Context()), records.JournalFilter{From: from, To: to, Limit: 5000})
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range page.Items {
		events = append(events, eventOf(t, entry))
	}
	return events
}
