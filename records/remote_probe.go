package records

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"hotline/records/probe"
	"hotline/records/procedure"
)

// ProbePorts looks at the ports of a remote order for somebody who works on it, and adds what was seen to its evidence. In the
// opening it looks at the port that is agreed now; in the closing at every one that was agreed, at the addresses that were seen
// then, and the worst answer counts. What is looked at stands in the audit log before.
// Errors: ErrIncomplete (nothing agreed, or the steps before the closing are open; Lacks), ErrForbidden, ErrConflict (ended, or too many looks
// in a short time), ErrInvalid (no remote order, or no host and port to look at), ErrNotFound.
func (s *Store) ProbePorts(ctx context.Context, by Actor, order, phase string) ([]PortProbe, error) {
	targets, o, err := s.probeTargets(ctx, by, order, phase)
	if err != nil {
		return nil, err
	}
	seen := make([]PortProbe, 0, len(targets))
	for _, target := range targets {
		p, err := s.probeOne(ctx, target)
		if err != nil {
			return nil, err
		}
		p.Order, p.Phase = o.ID, phase
		seen = append(seen, p)
	}
	err = s.write(ctx, "keep probe", func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		for i := range seen {
			seen[i].ID, seen[i].By, seen[i].At = newID(t.now), a.name, t.now
			if err := t.keepProbe(ctx, seen[i]); err != nil {
				return err
			}
		}
		step, need := stepOpen, needOpened
		if phase == ProbeClosing {
			step, need = stepClosing, needClosed
		}
		if err := t.measured(ctx, by, o, step, need, probed(seen)); err != nil {
			return err
		}
		if phase == ProbeClosing {
			return t.provenErased(ctx, o, false)
		}
		var closed int // it was closed before: what is seen now contradicts that
		if err := t.get(ctx, &closed, `SELECT COUNT(*) FROM port_probes WHERE order_id = ? AND phase = ?`, o.ID, ProbeClosing); err != nil || closed == 0 {
			return err
		}
		return t.measured(ctx, by, o, stepClosing, needClosed, probed(seen))
	})
	return seen, err
}

// target is a port to look at; relay says that none was opened.
type target struct {
	probe.Target
	relay, closing bool
}

// probeTargets says what is to be looked at, and writes it down.
func (s *Store) probeTargets(ctx context.Context, by Actor, order, phase string) ([]target, Order, error) {
	if s.opt.Probe == nil {
		return nil, Order{}, problem(ErrInvalid, "probe_off", "Ask the administrator.", "This hotline looks at no ports.")
	}
	var out []target
	var o Order
	err := s.write(ctx, "begin probe", func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		r, err := t.running(ctx, a, order, 0, procedure.Add)
		if err != nil {
			return err
		}
		o = r.order
		if err := r.mustBeRemote(map[string]string{ProbeOpening: stepOpen, ProbeClosing: stepClosing}[phase]); err != nil {
			return err
		}
		accesses, err := t.accesses(ctx, o.ID)
		if err != nil {
			return err
		}
		if len(accesses) == 0 {
			return problem(ErrIncomplete, "access_missing", "Write down tool, host and port first.", "No access is agreed for %s.", o.Number)
		}
		if phase == ProbeOpening {
			accesses = accesses[len(accesses)-1:]
		}
		before, err := t.probes(ctx, o.ID)
		if err != nil {
			return err
		}
		out = nil // the transaction may be tried again
		for _, x := range accesses {
			next := target{Target: probe.Target{Host: x.Host, Port: x.Port}, relay: x.Way == "relay", closing: phase == ProbeClosing}
			if slices.ContainsFunc(out, func(y target) bool {
				return y.relay == next.relay && (y.relay || y.Host == next.Host && y.Port == next.Port)
			}) {
				continue
			}
			if phase == ProbeClosing {
				next.Pinned = pinned(before, next.Host, next.Port)
			}
			out = append(out, next)
			if err := t.audit(ctx, AuditEntry{By: a.name, Action: "remote.probe", Object: o.Number, Data: fmt.Sprintf("%s %s %s:%d", phase, x.Way, x.Host, x.Port)}); err != nil {
				return err
			}
		}
		return nil
	})
	return out, o, err
}

// pinned are the addresses at which a port was looked at when it was opened.
func pinned(before []PortProbe, host string, port uint16) []netip.Addr {
	var out []netip.Addr
	for _, p := range before {
		if p.Phase == ProbeOpening && p.Host == host && p.Port == port {
			out = append(out, p.Addresses...)
		}
	}
	return out
}

// Reasons why nothing was looked at.
const (
	reasonRelay    probe.Reason = "relay"     // no port was opened
	reasonNoTarget probe.Reason = "no-target" // what was agreed is no host and port
)

func (s *Store) probeOne(ctx context.Context, t target) (PortProbe, error) {
	if t.relay {
		return PortProbe{Outcome: probe.Unknown, Reason: reasonRelay, Addresses: []netip.Addr{}, Looks: []probe.Look{}}, nil
	}
	r, err := s.opt.Probe.Look(ctx, t.Target)
	switch {
	case errors.Is(err, probe.ErrTooOften):
		return PortProbe{}, problem(ErrConflict, "probe_too_often", "Wait a few seconds and look again.", "This port was looked at several times just now.")
	case errors.Is(err, probe.ErrTarget) && t.closing: // agreed by a slip of the pen: it cannot stand in the way of the end
		return PortProbe{Host: t.Host, Port: t.Port, Outcome: probe.Unknown, Reason: reasonNoTarget, Addresses: []netip.Addr{}, Looks: []probe.Look{}}, nil
	case errors.Is(err, probe.ErrTarget):
		return PortProbe{}, problem(ErrInvalid, "probe_target", "Write the host as a name in ASCII letters or as an address, and a port from 1 to 65535.",
			"%q, port %d, is nothing that can be looked at.", clip(t.Host, 80), t.Port)
	case err != nil:
		return PortProbe{}, fmt.Errorf("records: probe: %w", err)
	}
	// The host as it was agreed, so that the closing finds what the opening saw.
	return PortProbe{Host: t.Host, Port: r.Port, Outcome: r.Outcome, Reason: r.Reason, Addresses: r.Addresses, Looks: r.Looks, Took: r.Took}, nil
}

// probed is the fact that several looks come to: an open port counts before one that cannot be checked, that before a closed one.
func probed(seen []PortProbe) map[string]any {
	worst, where, looks := probe.Closed, []string{}, []map[string]string{}
	for _, p := range seen {
		if p.Outcome == probe.Open || p.Outcome == probe.Unknown && worst == probe.Closed {
			worst = p.Outcome
		}
		if p.Host != "" {
			where = append(where, net.JoinHostPort(p.Host, strconv.Itoa(int(p.Port))))
		}
		looks = append(looks, map[string]string{"probe": p.ID, "outcome": string(p.Outcome), "reason": string(p.Reason)})
	}
	return map[string]any{"result": string(worst), "detail": strings.Join(where, "; "), "looks": looks}
}

func (t *txn) keepProbe(ctx context.Context, p PortProbe) error {
	addresses, err := json.Marshal(p.Addresses)
	if err != nil {
		return err
	}
	looks, err := json.Marshal(p.Looks)
	if err != nil {
		return err
	}
	return t.do(ctx, `INSERT INTO port_probes (id, order_id, phase, host, port, outcome, reason, addresses, looks, actor, at, took)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, p.ID, p.Order, p.Phase, p.Host, p.Port, string(p.Outcome), string(p.Reason),
		string(addresses), string(looks), p.By, at(p.At), p.Took.Microseconds())
}
