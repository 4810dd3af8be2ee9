package main

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"hotline/cmd/internal/house"
	"hotline/configs/asterisk"
	"hotline/pbx/pbxtest"
)

// The numbers of the baseline. That of the n-th phone of Dial() is didDirect + n.
const (
	didAll    = "5000" // demanded by the plan; nobody dials it
	didQueue  = "5001"
	didLone   = "5002"
	didDirect = 5100
)

const secret = "bench" // of the phones that are in no one's care but ours

// centre is a whole call centre with the same number of phones for the hotline, for Queue() and for Dial(). None of them
// sends voice.
type centre struct {
	*house.House
	stage  *stage
	trunk  *pbxtest.Phone
	agents []*pbxtest.Phone // the hotline's
	queue  []*pbxtest.Phone
	dial   []*pbxtest.Phone
	lone   *pbxtest.Phone // of the queue with one member
	rung   *rung
	called int // numbers used so far: every caller is a new one
}

// openCentre starts it, with so many phones of each kind, which behave as given.
func openCentre(s *stage, seats int, b pbxtest.Behaviour) *centre {
	name := func(kind string, n int) string { return fmt.Sprintf("%s%02d", kind, n) }
	plan := func(p *asterisk.Plan) {
		base := &asterisk.Baseline{
			DialDID: didAll, QueueDID: didQueue, LoneDID: didLone, LonePhone: "lone", Direct: map[string]string{},
		}
		account := func(name string) {
			p.Phones = append(p.Phones, asterisk.Phone{Name: name, HA1: pbxtest.HA1(name, secret)})
		}
		account("lone")
		for n := range seats {
			account(name("queue", n))
			account(name("dial", n))
			base.Phones = append(base.Phones, name("queue", n))
			base.Direct[fmt.Sprint(didDirect+n)] = name("dial", n)
		}
		p.Baseline = base
	}
	c := &centre{stage: s, rung: newRung()}
	c.House = house.Open(s, house.Options{Plan: plan, Command: hotline(s)})
	s.asterisk = after(c.Asterisk.CLI("core show version"), "Asterisk ")
	c.trunk = pbxtest.NewPhone(s, pbxtest.PhoneOptions{
		User: "13800138000", Server: c.Asterisk.SIPAddr, IP: c.Asterisk.TrunkIP, PacketEvery: -1,
	})
	c.lone = c.phone("lone", secret, pbxtest.Behaviour{})
	for n := range seats {
		c.queue = append(c.queue, c.phone(name("queue", n), secret, b))
		c.dial = append(c.dial, c.phone(name("dial", n), secret, b))
		agent := name("agent", n)
		c.agents = append(c.agents, c.phone(agent, c.Employ(agent), b))
		c.Ready(agent)
	}
	return c
}

// hotline builds the hotline and gives what runs it.
func hotline(s *stage) func(args ...string) *exec.Cmd {
	binary := filepath.Join(s.TempDir(), "hotline")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", binary, "hotline/cmd/hotline") //nolint:gosec // a path of our own
	if out, err := build.CombinedOutput(); err != nil {
		s.Fatalf("build the hotline: %v\n%s", err, out)
	}
	return func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(context.Background(), binary, args...)  //nolint:gosec // what was just built
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // nothing outlives the benchmark
		return cmd
	}
}

// phone registers one; the account may take a moment to reach Asterisk.
func (c *centre) phone(user, secret string, b pbxtest.Behaviour) *pbxtest.Phone {
	p := pbxtest.NewPhone(c.stage, pbxtest.PhoneOptions{
		User: user, Secret: secret, Server: c.Asterisk.SIPAddr, IP: c.Asterisk.PhoneIP, NoRegister: true,
		Expires: 5 * time.Minute, PacketEvery: -1, Behaviour: b,
	})
	c.Eventually(user+"'s phone registers", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		return p.Register(ctx) == nil
	})
	return p
}

// number is a caller who never called before: nobody owns a case of theirs.
func (c *centre) number() string {
	c.called++
	return fmt.Sprintf("139%08d", c.called)
}

// metrics are the hotline's own, summed up by name.
func (c *centre) metrics() map[string]float64 {
	status, text := c.Try(http.MethodGet, "/metrics", "", nil)
	if status != http.StatusOK {
		c.stage.Fatalf("/metrics: %d %s", status, text)
	}
	sums, err := sumMetrics(string(text))
	c.stage.must("/metrics", err)
	return sums
}

// settle waits until the hotline has nothing left to do for the calls so far.
func (c *centre) settle() map[string]float64 {
	late := time.Now().Add(house.Patience)
	for pause := time.NewTicker(100 * time.Millisecond); ; <-pause.C {
		m := c.metrics()
		if m["hotline_calls_driven"]+m["hotline_errands_waiting"]+m["hotline_journal_entries_waiting"] == 0 {
			pause.Stop()
			return m
		}
		if time.Now().After(late) {
			c.stage.Fatalf("the hotline does not come to rest: %v", m)
		}
	}
}
