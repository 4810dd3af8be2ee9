package main

import (
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"time"

	"hotline/agent"
	"hotline/configs"
	"hotline/queue"
	"hotline/records"
	"hotline/web"
	"hotline/web/caller"
	"hotline/web/desk"
	"hotline/web/floor"
	"hotline/web/ui"
)

// openPages parses the pages. inside says that the board lives in this process.
func openPages(cfg configs.Config, zone *time.Location, inside, dev bool, log *slog.Logger) (*ui.Pages, error) {
	pages, err := ui.New(ui.Options{
		Dev: dev, Bell: true, Zone: zone, Log: log, Company: cfg.Company, Help: "/help", Call: numberToCall(cfg),
		Notice: func(lang string) string {
			switch {
			case !inside:
				return ""
			case lang == ui.English:
				return "Evaluation: who waits and who is ready is lost at exit"
			}
			return "试用：退出后，等候和状态信息会丢失"
		},
	})
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	return pages, nil
}

// callerPage is what the page of callers needs. guests may be nil.
func callerPage(cfg configs.Config, pages *ui.Pages, phones telephone, guests *visitors, proxies []netip.Prefix, log *slog.Logger) caller.Options {
	o := caller.Options{Pages: pages, Lines: numbersToDial(cfg), ICE: phones.softphone.ICE, Source: web.SourceOf(proxies), Log: log}
	if guests != nil {
		o.Account = guests.issue
	}
	return o
}

// trustedProxies are the proxies in front of the pages. The configuration was checked.
func trustedProxies(cfg configs.Config) []netip.Prefix {
	out := make([]netip.Prefix, len(cfg.HTTP.TrustedProxies))
	for i, text := range cfg.HTTP.TrustedProxies {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}

// numbersToDial are the numbers that a caller's page offers.
func numbersToDial(cfg configs.Config) []caller.Line {
	titles := map[string]configs.Text{}
	for _, q := range cfg.Queues {
		titles[q.Name] = q.Title
	}
	var out []caller.Line
	for _, h := range cfg.Hotlines {
		for _, did := range h.DIDs {
			title := titles[h.Queue]
			out = append(out, caller.Line{Number: did, Zh: title.Zh, En: title.En, CycleMS: h.Ring.Cycle().Milliseconds(), Rings: h.Rings})
		}
	}
	return out
}

func queueTitles(cfg configs.Config) map[string]web.Title {
	titles := map[string]web.Title{}
	for _, q := range cfg.Queues {
		titles[q.Name] = web.Title(q.Title)
	}
	return titles
}

// deskPages is what the case side of the desk needs.
func deskPages(cfg configs.Config, pages *ui.Pages, store *records.Store, roster *agent.Roster, goods *catalogue, log *slog.Logger) desk.Options {
	o := desk.Options{Pages: pages, Records: store, Presence: roster, Products: goods.choices, Log: log, CallsOut: cfg.Outbound.Enabled}
	choice := func(code, zh, en string) desk.Choice {
		return desk.Choice{Code: code, Words: desk.Words{Zh: zh, En: en}}
	}
	for _, t := range cfg.Templates {
		o.Templates = append(o.Templates, desk.Template{
			Name: t.Name, Product: t.Product, Category: t.Category, Title: desk.Words(t.Title), Text: desk.Words(t.Text),
		})
	}
	for _, d := range cfg.Departments {
		o.Departments = append(o.Departments, choice(d.Code, d.Zh, d.En))
	}
	for _, q := range cfg.Queues {
		o.Queues = append(o.Queues, choice(q.Name, q.Title.Zh, q.Title.En))
	}
	for _, c := range cfg.Centres {
		o.Centres = append(o.Centres, choice(c.Name, c.Title.Zh, c.Title.En))
	}
	return o
}

// alarmOf is when the wall calls for attention to a queue whose rings last a cycle each.
func alarmOf(w configs.Wallboard, rings int, cycle time.Duration, target int) floor.Thresholds {
	alarm := floor.DefaultThresholds(rings, target)
	alarm.Waiting, alarm.Missing = w.WaitingCalls, w.AgentsMissing
	if w.LongestWait > 0 && cycle > 0 {
		alarm.Ring = int(w.LongestWait/cycle) + 1
	}
	if w.ShareBelow > 0 {
		alarm.Share = w.ShareBelow
	}
	return alarm
}

// floorPages is what supervisors' pages need.
func floorPages(cfg configs.Config, pages *ui.Pages, store *records.Store, d *queue.Distributor, people *staff, zone *time.Location, log *slog.Logger) floor.Options {
	o := floor.Options{Pages: pages, Records: store, Calls: d, Name: people.name, Zone: zone, Log: log, Discreet: !cfg.Supervision.TellAgents}
	if !slices.ContainsFunc(cfg.Switches, func(s configs.Switch) bool { return s.Kind == configs.SwitchAsterisk }) {
		o.CannotListen = floor.Text{
			Zh: "内置交换机不能监听、耳语、加入或接管；请连接 Asterisk。",
			En: "The embedded switch cannot let anybody listen, whisper, barge in or take over; connect an Asterisk.",
		}
	}
	rings, cycles := map[string]int{}, map[string]time.Duration{}
	for _, h := range cfg.Hotlines {
		rings[h.Queue], cycles[h.Queue] = max(rings[h.Queue], h.Rings), max(cycles[h.Queue], h.Ring.Cycle())
	}
	for _, q := range cfg.Queues {
		o.Queues = append(o.Queues, floor.Queue{
			Name: q.Name, Title: floor.Text(q.Title), Alarm: alarmOf(cfg.Wallboard, max(rings[q.Name], 1), cycles[q.Name], q.StaffTarget),
		})
	}
	for _, r := range cfg.PauseReasons {
		o.Pauses = append(o.Pauses, floor.Choice{Code: r.Code, Text: floor.Text{Zh: r.Zh, En: r.En}})
	}
	return o
}
