package main

import (
	"fmt"
	"math"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
	"hotline/web/browser"
)

// desks is how many desks are connected: one in Chromium, the others as readers of the same stream.
const desks = 200

// popper is the agent whose desk is in Chromium.
const popper = "li"

// watchPop lets a desk note when a frame showed the pop. The wall clock of the page is the machine's (HR-Time: timeOrigin + now), so it
// can be compared with ours. The first animation frame after the pop is shown draws it; it is noted as painted in the one after that.
const watchPop = `(() => {
	let shown = false;
	window.pops = [];
	const look = () => {
		const now = document.getElementById("desk-pop")?.checkVisibility() ?? false;
		if (now && !shown) requestAnimationFrame(() => window.pops.push(performance.timeOrigin + performance.now()));
		shown = now;
		requestAnimationFrame(look);
	};
	requestAnimationFrame(look);
})()`

// weigh adds up what the page has loaded: its own files, and the data that it then fetched. Streams are not over and not counted.
const weigh = `(() => {
	const size = (list) => list.reduce((sum, e) => sum + e.transferSize, 0) / 1000;
	const all = performance.getEntriesByType("resource"), data = all.filter((e) => e.initiatorType === "fetch");
	const paint = (name) => performance.getEntriesByName(name)[0]?.startTime ?? -1;
	return {Page: size([...performance.getEntriesByType("navigation"), ...all.filter((e) => e.initiatorType !== "fetch")]), Data: size(data), Paint: paint("first-contentful-paint")};
})()`

// weighed is one loading of a page: kB over the wire, ms until the first paint.
type weighed struct{ Page, Data, Paint float64 }

// measurePop measures what an agent sees: how soon after a caller's INVITE the pop is painted, while many desks listen, and what the
// page costs.
func measurePop(s *stage, o options) []row {
	h := house.Open(s, house.Options{Command: hotline(s), Queue: house.PlainQueue + "    ring_no_answer: 30s\n"})
	s.asterisk = after(h.Asterisk.CLI("core show version"), "Asterisk ")
	h.Employ(popper, "--role", "agent", "--skill", "erp=1", "--webrtc")
	for n := range desks - 1 {
		login := fmt.Sprintf("desk%03d", n)
		h.Must("POST", "/api/v1/users", h.Admin, map[string]any{
			"login": login, "name": login, "roles": []string{"agent"}, "skills": map[string]int{"erp": 1}, "password": house.Password,
		})
		s.Cleanup(h.Listen(h.As(login), "?desk=true", "").Close)
	}
	s.progress("%d desks are connected", desks-1)

	b := browser.Start(s, browser.Options{})
	desk := b.Tab()
	desk.Login("http://"+h.Addr, popper, house.Password)
	var cold, warm []weighed
	for range o.rounds {
		desk.Forget()
		cold = append(cold, load(desk, h))
		warm = append(warm, load(desk, h))
	}
	desk.Before(watchPop)
	load(desk, h)
	desk.Click(`[data-testid=ready]`)
	desk.WaitEnabled(`[data-testid=check-heard]`)
	desk.Click(`[data-testid=check-heard]`)
	desk.WaitVisible(`[data-testid=check-ready]`)
	desk.Click(`[data-testid=check-ready]`)

	trunk := pbxtest.NewPhone(s, pbxtest.PhoneOptions{User: "13800138000", Server: h.SIP, IP: h.Asterisk.TrunkIP, PacketEvery: -1})
	var p50, p99 []float64
	called := 0
	rings := func(calls int) (took []float64) {
		for range calls {
			called++
			took = append(took, popAfter(s, desk, trunk, called))
		}
		return took
	}
	rings(warmUp)
	for round := range o.rounds {
		took := rings(o.calls)
		p50, p99 = append(p50, quantile(took, 0.5)), append(p99, quantile(took, 0.99))
		s.progress("round %d  INVITE → pop painted: p50 %.1f p99 %.1f ms of %d", round+1, p50[round], p99[round], len(took))
	}
	return popRows(p50, p99, cold, warm)
}

// load opens the desk and waits until it has nothing more to fetch.
func load(desk *browser.Tab, h *house.House) weighed {
	desk.Goto("http://" + h.Addr + "/desk")
	desk.Wait(`document.querySelector("#desk-bar")?.dataset.state !== ""`)
	desk.Wait(`performance.getEntriesByType("resource").every((e) => performance.now() - e.responseEnd > 700)`)
	var w weighed
	desk.Eval(weigh, &w)
	return w
}

// popAfter lets a caller ring who never called before, and gives the ms from their INVITE until the pop was painted.
func popAfter(s *stage, desk *browser.Tab, trunk *pbxtest.Phone, n int) float64 {
	desk.Wait(`document.querySelector("#desk-bar").dataset.state === "ready" && !document.getElementById("desk-pop").checkVisibility()`)
	var call *pbxtest.PhoneCall
	var err error
	ctx, cancel := s.within(house.Patience)
	defer cancel()
	call, err = trunk.Dial(ctx, house.DIDMain, pbxtest.DialOptions{FromUser: fmt.Sprintf("138%08d", n)})
	s.must("dial", err)
	desk.Wait(fmt.Sprintf(`window.pops.length === %d`, n))
	var at float64
	desk.Eval(`window.pops.at(-1)`, &at)
	s.must("cancel", call.Cancel(ctx))
	sent := float64(call.At(pbxtest.MarkInvite).UnixNano()) / float64(time.Millisecond)
	if at < sent {
		s.Fatalf("the pop was painted %.1f ms before the call: the clocks do not agree", sent-at)
	}
	return at - sent
}

func popRows(p50, p99 []float64, cold, warm []weighed) []row {
	pick := func(all []weighed, of func(weighed) float64) float64 {
		values := make([]float64, len(all))
		for i, w := range all {
			values[i] = of(w)
		}
		return median(values)
	}
	page := func(w weighed) float64 { return w.Page }
	data := func(w weighed) float64 { return w.Data }
	paint := func(w weighed) float64 { return w.Paint }
	heaviest := math.Inf(-1)
	for _, w := range cold {
		heaviest = max(heaviest, w.Page)
	}
	return []row{
		alone(fmt.Sprintf("INVITE → pop painted in Chromium, %d desks connected, p50", desks), "ms", median(p50)),
		alone("… p99", "ms", median(p99), atMost(median(p99), 150, "ms")),
		alone("desk page over the wire, all files, nothing cached", "kB", heaviest, atMost(heaviest, 250, "kB")),
		alone("… data it then fetches, with so many colleagues", "kB", pick(cold, data)),
		alone("… everything cached", "kB", pick(warm, page)),
		alone("desk page, first contentful paint, nothing cached", "ms", pick(cold, paint)),
		alone("… everything cached", "ms", pick(warm, paint)),
	}
}
