package records_test

import (
	"context"
	"encoding/json"
	"net"
	"net/netip"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/probe"
	"hotline/records/procedure"
	"hotline/records/vault"
)

// withProbe lets a store look at this machine's own ports.
func withProbe(t testing.TB, target string) func(*records.Options) {
	t.Helper()
	rule := get[probe.Rule](t)(probe.ParseRule(target, "1-65535"))
	return func(o *records.Options) {
		o.Probe = probe.New(probe.Options{Allow: []probe.Rule{rule}, Every: time.Nanosecond, PerSec: 1e6, Timeout: 2 * time.Second})
	}
}

// customersPort is a port as a customer opens it for us, and closes it again.
func customersPort(t testing.TB) (port uint16, closeIt func()) {
	t.Helper()
	l := get[net.Listener](t)((&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0"))
	t.Cleanup(func() { _ = l.Close() })
	return netip.MustParseAddrPort(l.Addr().String()).Port(), func() { must(t, l.Close()) }
}

// fact adds a fact as an engineer types it.
func fact(ctx context.Context, s *records.Store, order, step, need string, values map[string]any) error {
	body, err := json.Marshal(values)
	if err != nil {
		return err
	}
	_, err = s.AddEvidence(ctx, as("gao"), records.EvidenceInput{Order: order, Step: step, Need: need, Kind: procedure.Fact, Body: body})
	return err
}

func verdictOf(t testing.TB, s *records.Store, order, rule string) procedure.Verdict {
	t.Helper()
	for _, r := range get[records.OrderFile](t)(s.Order(t.Context(), order)).Rules {
		if r.Rule.Code == rule {
			return r.Verdict
		}
	}
	t.Fatalf("no rule %s", rule)
	return ""
}

// testRemote walks a remote order with a real port; each gate is tried without its evidence.
func testRemote(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	_, vaulted := withVault(t)
	s := open(t).open(t, withProcedures(t, c), vaulted, withProbe(t, "127.0.0.0/8"))
	staff(t, s)
	engineers(t, s)
	o := orderOf(t, s, c, "c1", records.KindRemote)
	complete := func(step string) error {
		_, err := s.CompleteStep(ctx, as("gao"), o.ID, step, 0)
		return err
	}
	look := func(phase string) ([]records.PortProbe, error) { return s.ProbePorts(ctx, as("gao"), o.ID, phase) }

	// Opening: nothing agreed, nothing to look at; what the server measures cannot be typed.
	_, err := look(records.ProbeOpening)
	refused(t, err, records.ErrIncomplete)
	refused(t, fact(ctx, s, o.ID, "open_port", "port_opened", map[string]any{"result": "open"}), records.ErrInvalid)
	port, closePort := customersPort(t)
	access := map[string]any{"tool": "RDP", "way": "port", "host": "127.0.0.1", "port": port}
	must(t, fact(ctx, s, o.ID, "open_port", "access", access))
	_, err = s.ProbePorts(ctx, as("he"), o.ID, records.ProbeOpening)
	refused(t, err, records.ErrForbidden)
	refused(t, complete("open_port"), records.ErrIncomplete)
	seen := get[[]records.PortProbe](t)(look(records.ProbeOpening))
	equal(t, "seen", seen[0].Outcome, probe.Open)
	prove(t, s, o.ID, "open_port") // the scope; its made-up access and probe come after the real ones
	must(t, fact(ctx, s, o.ID, "open_port", "access", access))
	get[[]records.PortProbe](t)(look(records.ProbeOpening))
	must(t, complete("open_port"))
	equal(t, "the response was given", verdictOf(t, s, o.ID, "response"), procedure.Proven)

	// Login information: only through the vault.
	refused(t, complete("login"), records.ErrIncomplete)
	refused(t, fact(ctx, s, o.ID, "login", "vault", map[string]any{"session": "x", "given_by": "gao"}), records.ErrInvalid)
	v := get[records.VaultSession](t)(s.OpenVaultSession(ctx, records.OpenVault{Order: o.ID, By: "gao"}))
	refused(t, complete("login"), records.ErrIncomplete) // an empty session is no login information
	e := get[records.VaultEntry](t)(s.KeepInVault(ctx, records.KeepInVault{Session: v.ID, Kind: "system", Secret: login("x"), By: "孙丽", Via: "link"}))
	must(t, complete("login"))
	get[vault.Secret](t)(s.ReadVault(ctx, records.ReadVault{Session: v.ID, Entry: e.ID, By: "gao", Reason: "登录"}))

	_, err = look(records.ProbeClosing) // before the work is done nothing is proven closed
	refused(t, err, records.ErrIncomplete)
	for _, step := range []string{"backup", "service", "solved", "prevention"} {
		refused(t, complete(step), records.ErrIncomplete)
		prove(t, s, o.ID, step)
		must(t, complete(step))
	}

	// Closing: the port must be seen closed and the login information be destroyed.
	must(t, fact(ctx, s, o.ID, "closing", "tool_removed", map[string]any{"state": "removed", "seen_by": "高明"}))
	refused(t, fact(ctx, s, o.ID, "closing", "port_closed", map[string]any{"result": "closed"}), records.ErrInvalid)
	refused(t, fact(ctx, s, o.ID, "closing", "vault_closed", map[string]any{"destroyed": true, "reads": 0}), records.ErrInvalid)
	get[records.VaultSession](t)(s.EndVaultSession(ctx, records.EndVault{Session: v.ID, By: "gao"}))
	equal(t, "confidential", verdictOf(t, s, o.ID, "confidential"), procedure.Proven)
	seen = get[[]records.PortProbe](t)(look(records.ProbeClosing))
	equal(t, "accesses looked at", len(seen), 2) // the made-up one, too: every port that was agreed
	equal(t, "still open", seen[0].Outcome == probe.Open || seen[1].Outcome == probe.Open, true)
	refused(t, complete("closing"), records.ErrIncomplete)
	closePort()
	seen = get[[]records.PortProbe](t)(look(records.ProbeClosing))
	for _, p := range seen {
		if p.Host == "127.0.0.1" {
			equal(t, "closed", p.Outcome, probe.Closed)
		}
	}
	refused(t, complete("closing"), records.ErrIncomplete) // the made-up host cannot be checked from here
	// Whose word it is.
	body := get[[]byte](t)(json.Marshal(map[string]any{"who": "孙丽", "reason": "防火墙上看到规则已删除"}))
	get[records.Evidence](t)(s.AddEvidence(ctx, as("gao"), records.EvidenceInput{Order: o.ID, Step: "closing", Need: "port_closed", Kind: procedure.Waiver, Body: body}))
	must(t, complete("closing"))

	// A session that opens again takes the proof back.
	again := get[records.VaultSession](t)(s.OpenVaultSession(ctx, records.OpenVault{Order: o.ID, By: "gao"}))
	equal(t, "confidential while open again", verdictOf(t, s, o.ID, "confidential"), procedure.Missing)
	prove(t, s, o.ID, "report")
	must(t, complete("report"))
	get[records.Order](t)(s.FinishOrder(ctx, as("gao"), o.ID, "驱动已重装", 0))
	ended := get[records.VaultSession](t)(s.VaultSession(ctx, again.ID)) // the end of the order ends it
	equal(t, "the open session at the end of the order", string(ended.State)+" "+ended.EndedHow, "destroyed cancelled")

	f := get[records.OrderFile](t)(s.Order(ctx, o.ID))
	said := map[string]int{}
	for _, ev := range f.Events {
		var b struct{ What, Reason string }
		must(t, json.Unmarshal(ev.Body, &b))
		said[b.What]++
		if b.What == "vault_read" {
			equal(t, "reason of the reading", b.Reason, "登录")
		}
	}
	equal(t, "readings in the chain", said["vault_read"], 1)
	equal(t, "destructions in the chain", said["vault_destroy"], 2)
	equal(t, "the escalation is finished", get[records.Escalation](t)(s.Escalation(ctx, o.Escalation)).State, records.EscalationDone)
}

// testRemoteClosed: a port that was seen closed proves it; the one that opens again does not, nor does another machine of that name.
func testRemoteClosed(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	_, vaulted := withVault(t)
	s := open(t).open(t, withProcedures(t, c), vaulted, withProbe(t, "127.0.0.0/8"))
	staff(t, s)
	engineers(t, s)
	o := orderOf(t, s, c, "c1", records.KindRemote)
	port, closePort := customersPort(t)
	must(t, fact(ctx, s, o.ID, "open_port", "access", map[string]any{"tool": "SSH", "way": "port", "host": "127.0.0.1", "port": port}))
	get[[]records.PortProbe](t)(s.ProbePorts(ctx, as("gao"), o.ID, records.ProbeOpening))
	text := get[[]byte](t)(json.Marshal(map[string]any{"text": "打印驱动"}))
	get[records.Evidence](t)(s.AddEvidence(ctx, as("gao"), records.EvidenceInput{Order: o.ID, Step: "open_port", Need: "scope", Kind: procedure.Written, Body: text}))
	get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, "open_port", 0))
	get[records.Order](t)(s.WaiveStep(ctx, as("gao"), o.ID, "login", "客户自己登录", 0))
	for _, step := range []string{"backup", "service", "solved", "prevention"} {
		prove(t, s, o.ID, step)
		get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, step, 0))
	}
	must(t, fact(ctx, s, o.ID, "closing", "tool_removed", map[string]any{"state": "ended", "seen_by": "孙丽"}))
	closePort()
	seen := get[[]records.PortProbe](t)(s.ProbePorts(ctx, as("gao"), o.ID, records.ProbeClosing))
	equal(t, "looked at", len(seen), 1)
	equal(t, "closed", seen[0].Outcome, probe.Closed)

	l := get[net.Listener](t)((&net.ListenConfig{}).Listen(ctx, "tcp", netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port).String()))
	get[[]records.PortProbe](t)(s.ProbePorts(ctx, as("gao"), o.ID, records.ProbeOpening))
	_, err := s.CompleteStep(ctx, as("gao"), o.ID, "closing", 0)
	refused(t, err, records.ErrIncomplete)
	must(t, l.Close())
	get[[]records.PortProbe](t)(s.ProbePorts(ctx, as("gao"), o.ID, records.ProbeClosing))
	get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, "closing", 0)) // no session there was: nothing to destroy
	equal(t, "confidential", verdictOf(t, s, o.ID, "confidential"), procedure.Proven)

	f := get[records.RemoteFile](t)(s.RemoteFile(ctx, o.Number))
	equal(t, "looks kept", len(f.Probes), 4)
	a, ok := f.Access()
	equal(t, "access", ok && a.Tool == "SSH" && a.Port == port, true)
	equal(t, "looks in the audit log", len(get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{Action: "remote.probe", Object: o.Number})).Items), 4)

	// Through a relay nothing is opened: said so, not guessed.
	r := orderOf(t, s, c, "c2", records.KindRemote)
	must(t, fact(ctx, s, r.ID, "open_port", "access", map[string]any{"tool": "ToDesk", "way": "relay"}))
	seen = get[[]records.PortProbe](t)(s.ProbePorts(ctx, as("gao"), r.ID, records.ProbeOpening))
	equal(t, "relay", seen[0].Outcome, probe.Unknown)
	must(t, fact(ctx, s, r.ID, "open_port", "access", map[string]any{"tool": "RDP", "way": "port"}))
	_, err = s.ProbePorts(ctx, as("gao"), r.ID, records.ProbeOpening)
	refused(t, err, records.ErrInvalid)
	none := open(t).open(t, withProcedures(t, c))
	_, err = none.ProbePorts(ctx, as("gao"), r.ID, records.ProbeOpening)
	refused(t, err, records.ErrInvalid)
}

// testVaultLeft: another engineer, a cancelled or continued order: the session is over and its key destroyed.
func testVaultLeft(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	_, vaulted := withVault(t)
	s := open(t).open(t, withProcedures(t, c), vaulted)
	staff(t, s)
	engineers(t, s)
	for call, leave := range map[string]func(order string) error{
		"c1": func(o string) error { _, err := s.AssignOrder(ctx, as("deng"), o, "he", 0); return err },
		"c2": func(o string) error { _, err := s.CancelOrder(ctx, as("chen"), o, "客户撤回", 0); return err },
		"c3": func(o string) error { _, err := s.ContinueOrder(ctx, as("gao"), o, "明天继续", 0); return err },
	} {
		v := vaultFor(t, s, c, call)
		get[records.VaultEntry](t)(s.KeepInVault(ctx, records.KeepInVault{Session: v.ID, Kind: "system", Secret: login("x"), By: "gao", Via: "phone"}))
		must(t, leave(v.Order))
		ended := get[records.VaultSession](t)(s.VaultSession(ctx, v.ID))
		equal(t, call, string(ended.State)+" "+ended.EndedHow+" "+ended.EndedBy, "destroyed cancelled system")
	}
}
