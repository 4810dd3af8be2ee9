package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/agent"
	"hotline/configs"
	"hotline/queue"
	"hotline/records"
	"hotline/web"
	"hotline/web/caller"
	"hotline/web/desk"
	"hotline/web/floor"
	"hotline/web/followup"
	"hotline/web/ui"
)

// serve wires the rooms together and runs until ctx ends. Everything is built first, then started from the inside out (records,
// presence, queue, switches, HTTP) and stopped in reverse, so that nothing is told of an event that it can no longer keep.
func serve(ctx context.Context, cfg configs.Config, dev bool, out io.Writer, log *slog.Logger) error {
	zone, err := time.LoadLocation(cfg.Timezone)
	if err != nil {
		return fmt.Errorf("timezone: %w", err)
	}
	registry := prometheus.NewRegistry()
	house := newLife(log)
	defer house.end()

	// Records: what must never be lost.
	remote, err := remoteService(cfg)
	if err != nil {
		return err
	}
	store, err := openRecordsWith(ctx, cfg, log, remote)
	if err != nil {
		return err
	}
	house.onEnd("records", store.Close)
	node, err := nodeName(cfg.Data.Dir)
	if err != nil {
		return err
	}
	log = log.With("node", node)
	if err := firstAdministrator(ctx, cfg, store, out); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.HTTP.Listen)
	if err != nil {
		return fmt.Errorf("http.listen: %w", err)
	}
	house.onEnd("listener", func() error { return ignoreClosed(listener.Close()) })

	// What is happening now: Redis, and memory for when it is gone.
	inside := cfg.Redis.URL == ""
	closeRedis, err := redisInside(&cfg, log)
	if err != nil {
		return err
	}
	house.onEnd("redis inside", closeRedis)
	presence, err := agent.DialStore(ctx, cfg.Redis.URL, "{"+cfg.Redis.Prefix+"}")
	if err != nil {
		return fmt.Errorf("redis.url: %w", err)
	}
	house.onEnd("presence store", presence.Close)
	offers := &desks{now: time.Now, greeting: greeting(cfg.Greeting)}
	phones, err := openTelephone(cfg, registry, log)
	if err != nil {
		return err
	}
	lines := phones.lines
	hub := web.NewHub(0)
	chores := newErrands(log)
	roster := agent.NewRoster(agent.Options{
		Store: presence, Managers: &managers{store: store, errands: chores, hub: hub}, PauseReasons: pauseReasons(cfg),
		WrapUpLimit: wrapUpLimit(cfg), DeskTimeout: cfg.Desk.Timeout, Behind: precedence, Zone: zone, Log: log,
	})
	ledger := &book{store: store, roster: roster, hub: hub, errands: chores, log: log, rows: map[string]records.CallRow{}}
	board, err := openBoard(ctx, cfg, node, log)
	if err != nil {
		return err
	}
	house.onEnd("board", board.Close)
	distributor := queue.NewDistributor(queueConfig(cfg, node, zone), board.shared, board.deadlines, lines, lines, offers, ledger, log)
	board.begin(distributor, roster)
	roster.SetQueueing(distributor)

	lookUps := newCards(ctx, store, log)
	house.onEnd("look-ups", lookUps.wait)
	offers.roster, offers.cards = roster, lookUps
	guests := newVisitors(node, cfg.Asterisk.WebCallers, phones, log)
	people := newStaff(cfg, store, roster, distributor, lines, guests, log)
	dialer, ledgerOut := newOutward(cfg, lines, store, offers, chores, log)
	events := &exchange{
		out:         &outEvents{dialer: dialer, store: store, chores: chores},
		distributor: distributor, roster: roster, reach: newReach(slices.Collect(maps.Keys(lines)), roster), staff: people, cards: lookUps,
		regions: regions(cfg), log: log, upAt: map[string]time.Time{}, state: map[string]string{},
	}
	roster.OnChange(events.noted)
	roster.OnReach(events.reached)
	ready := newStandby(lines, cfg.Asterisk.Standby, roster, log)

	pages, err := openPages(cfg, zone, inside, dev, log)
	if err != nil {
		return err
	}
	goods, err := openCatalogue(ctx, cfg, store, log)
	if err != nil {
		return err
	}
	work, err := desk.New(deskPages(cfg, pages, store, roster, goods, log))
	if err != nil {
		return err
	}
	asking := followup.New(followUpPages(cfg, pages, store, goods, dialer, people.name, zone, log))
	ledgerOut.kept = asking.Prove
	showOrdersLive(store, hub, log)
	services, err := afterCall{
		cfg: cfg, pages: pages, store: store, goods: goods, zone: zone, asking: asking, log: log,
	}.mounts()
	if err != nil {
		return err
	}
	mounts := append([]func(ui.Router){
		work.Mount,
		floor.New(floorPages(cfg, pages, store, distributor, people, zone, log)).Mount,
	}, services...)
	proxies := trustedProxies(cfg)
	if guests != nil {
		phones.softphone.Admit = guests.admit
	}
	if phones.softphone.Callers || guests != nil {
		mounts = append(mounts, caller.New(callerPage(cfg, pages, phones, guests, proxies, log)).Mount)
	}
	site, err := web.New(web.Options{
		Version: version(), Log: log, Records: store, Agents: roster, Calls: distributor, Hub: hub,
		QueueTitles: queueTitles(cfg), Softphone: phones.softphone, Pages: pages, Mounts: mounts,
		Parts: parts(cfg, store, board, events, chores), Collectors: []prometheus.Collector{registry, newFigures(board, distributor, chores, store)},
		UserChanged: func(records.User) { people.look() }, PauseReasons: reasonsOf(cfg.PauseReasons), DeclineReasons: reasonsOf(cfg.DeclineReasons), Discreet: !cfg.Supervision.TellAgents,
		TrustedProxies: proxies,
		// Behind a proxy that speaks TLS the browser must keep the cookie to TLS as well.
		TLS:    cfg.HTTP.TLS.CertFile != "" || strings.HasPrefix(cfg.HTTP.PublicURL, "https://"),
		Logins: web.LoginLimit{Attempts: cfg.Security.LoginAttempts, Window: cfg.Security.LoginWindow, Lockout: cfg.Security.LoginLockout},
	})
	if err != nil {
		return err
	}

	// What was true when the last process ended, and who there is.
	if err := people.load(ctx); err != nil {
		return err
	}
	restoring, cancel := context.WithTimeout(ctx, 2*time.Second)
	if err := roster.Restore(restoring); err != nil {
		log.Warn("presence cannot be restored now; phones and calls will say where agents are", "error", err)
	}
	cancel()
	if err := replay(ctx, store, distributor, zone); err != nil {
		return err
	}

	// Start from the inside out.
	house.start("errands", chores.Run)
	house.start("roster", roster.Run)
	house.start("distributor", distributor.Run)
	board.start(house)
	house.start("owners", (&owners{store: store, board: board.shared, log: log}).Run)
	house.start("overdue", (&overdue{store: store, log: log}).Run)
	house.start("vault", (&vaultSweep{store: store, log: log}).Run)
	house.start("escalations", (&escalations{store: store, hub: hub, board: board, log: log}).Run)
	ringBells(store, hub, log)
	outbox, err := newOutbox(cfg, store, log)
	if err != nil {
		return err
	}
	if outbox != nil {
		house.start("outbox", outbox.Run)
	}
	if cfg.Webhook.URL != "" {
		hook, err := records.NewWebhook(store, records.WebhookOptions{
			URL: cfg.Webhook.URL, Secret: cfg.Webhook.Secret, Timeout: cfg.Webhook.Timeout, Log: log,
		})
		if err != nil {
			return err
		}
		house.start("webhook", hook.Run)
	}
	house.start("calls out", dialer.Run)
	house.start("survey links", (&surveyLinks{pages: asking, log: log}).Run)
	house.start("staff", people.Run)
	house.start("standby", ready.Run)
	if guests != nil {
		house.start("visitors", guests.Run)
	}
	house.start("catalogue", goods.Run)
	if cfg.Digest.Every != "" {
		reports, err := newDigests(cfg, store, zone, log)
		if err != nil {
			return err
		}
		house.start("digests", reports.Run)
	}
	for name, sw := range lines {
		house.start("switch "+name, func(ctx context.Context) error { return sw.Run(ctx, events.hear) })
	}
	house.start("http", func(ctx context.Context) error {
		return web.Serve(ctx, web.ServeOptions{
			Listener: listener, Handler: site, CertFile: cfg.HTTP.TLS.CertFile, KeyFile: cfg.HTTP.TLS.KeyFile,
			Drain: 5 * time.Second, OnDrain: site.Drain, Log: log,
		})
	})
	invite(out, cfg, listener.Addr().String(), phones)
	log.Info("hotline serves", "address", listener.Addr().String(), "switches", len(lines))
	err = house.wait(ctx)
	if err == nil {
		drain(phones.lines, drainTime, log)
	}
	return err
}

func regions(cfg configs.Config) map[string]string {
	out := map[string]string{}
	for _, h := range cfg.Hotlines {
		for _, did := range h.DIDs {
			out[did] = h.Region
		}
	}
	return out
}

func ringCycle(cfg configs.Config) func(did string) time.Duration {
	cycles := map[string]time.Duration{}
	for _, h := range cfg.Hotlines {
		for _, did := range h.DIDs {
			cycles[did] = h.Ring.Cycle()
		}
	}
	return func(did string) time.Duration { return cycles[did] }
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
