// Package pbxtest is what tests of the hotline stand on: a real Asterisk and a real Redis started for the test, SIP phones
// that can do what real phones do wrong, real SIPp callers, and the conformance suite that every switch driver must pass.
package pbxtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"hotline/configs/asterisk"
)

// TB is what the real parts of a test need from it; *testing.T has it, and a benchmark command can provide it.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
	Cleanup(f func())
	TempDir() string
}

// AsteriskOptions says what differs from a plain Asterisk for tests.
type AsteriskOptions struct {
	// Name is the system name. Default "asterisk".
	Name string
	// DIDs are the numbers answered. Default 4001 and 4002.
	DIDs []string
	// Adjust changes the plan of the configuration before it is rendered, addresses included.
	Adjust func(*asterisk.Plan)
}

// Asterisk is one real Asterisk with addresses of its own. Its methods may be used from any goroutine, but only one may
// kill, stop or restart it at a time.
type Asterisk struct {
	Name        string
	ARIURL      string // e.g. http://127.71.3.1:8088/ari
	ARIUser     string
	ARIPassword string
	HTTPAddr    string // host:port of ARI and of the browsers' websocket
	SIPAddr     string // host:port, UDP and TCP
	TrunkIP     string // calls from here are the trunk's
	PhoneIP     string // phones may live here
	DIDs        []string

	tb      TB
	dir     string // configuration and run directories; "" for an Asterisk that is not ours
	root    string
	process *process
	client  *http.Client
}

// StartAsterisk starts a real Asterisk, or attaches to the one named by HOTLINE_TEST_ARI_URL, HOTLINE_TEST_ARI_USER,
// HOTLINE_TEST_ARI_PASSWORD, HOTLINE_TEST_SIP (host:port), HOTLINE_TEST_TRUNK_IP and HOTLINE_TEST_PHONE_IP (local
// addresses to call from). It returns when ARI answers and the phones' port is open, and ends it with the test. Without
// a root directory it makes one by deploy/asterisk/root.sh, which takes about a minute, once a machine.
func StartAsterisk(tb TB, options AsteriskOptions) *Asterisk {
	tb.Helper()
	if options.Name == "" {
		options.Name = "asterisk"
	}
	if options.DIDs == nil {
		options.DIDs = []string{"4001", "4002"}
	}
	if url := os.Getenv("HOTLINE_TEST_ARI_URL"); url != "" {
		return attach(tb, url, options)
	}
	dir, err := os.MkdirTemp("", "hotline-asterisk-") // short: the path of a Unix socket has 107 bytes at most
	if err != nil {
		tb.Fatalf("asterisk: %v", err)
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Logf("asterisk: %v", err)
		}
	})
	network := freeNetwork(tb)
	host := func(n byte) string { return netip.AddrFrom4([4]byte{127, network[0], network[1], n}).String() }
	a := &Asterisk{
		Name:     options.Name,
		HTTPAddr: host(1) + ":8088",
		SIPAddr:  host(1) + ":5060",
		TrunkIP:  host(2),
		PhoneIP:  host(3),
		DIDs:     options.DIDs,
		tb:       tb,
		dir:      dir,
		client:   &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}, Timeout: 10 * time.Second},
	}
	plan := asterisk.Plan{
		Name:     a.Name,
		HTTP:     a.HTTPAddr,
		SIP:      a.SIPAddr,
		DIDs:     a.DIDs,
		RTPStart: 10000,
		RTPEnd:   32000,
		Trunks:   []asterisk.Trunk{{Name: "carrier", Addresses: []string{a.TrunkIP}}},
	}
	if options.Adjust != nil {
		options.Adjust(&plan)
	}
	rendered, err := asterisk.Render(plan, filepath.Join(dir, "etc"))
	if err != nil {
		tb.Fatalf("asterisk: %v", err)
	}
	a.Name, a.HTTPAddr, a.SIPAddr, a.DIDs = plan.Name, plan.HTTP, plan.SIP, plan.DIDs
	a.ARIURL = "http://" + a.HTTPAddr + "/ari"
	a.ARIUser, a.ARIPassword = rendered.ARIUser, rendered.ARIPassword
	a.root = asteriskRoot(tb)
	tb.Cleanup(a.Stop)
	a.start()
	return a
}

func attach(tb TB, url string, options AsteriskOptions) *Asterisk {
	tb.Helper()
	env := func(name, otherwise string) string {
		if value := os.Getenv(name); value != "" {
			return value
		}
		return otherwise
	}
	url = strings.TrimSuffix(url, "/")
	_, rest, _ := strings.Cut(url, "://")
	addr, _, _ := strings.Cut(rest, "/")
	a := &Asterisk{
		Name:        options.Name,
		ARIURL:      url,
		ARIUser:     os.Getenv("HOTLINE_TEST_ARI_USER"),
		ARIPassword: os.Getenv("HOTLINE_TEST_ARI_PASSWORD"),
		HTTPAddr:    addr,
		SIPAddr:     os.Getenv("HOTLINE_TEST_SIP"),
		TrunkIP:     env("HOTLINE_TEST_TRUNK_IP", "127.0.0.2"),
		PhoneIP:     env("HOTLINE_TEST_PHONE_IP", "127.0.0.3"),
		DIDs:        options.DIDs,
		tb:          tb,
		client:      &http.Client{Timeout: 10 * time.Second},
	}
	tb.Cleanup(a.client.CloseIdleConnections)
	for _, name := range []string{"HOTLINE_TEST_ARI_USER", "HOTLINE_TEST_ARI_PASSWORD", "HOTLINE_TEST_SIP"} {
		if os.Getenv(name) == "" {
			tb.Fatalf("asterisk: HOTLINE_TEST_ARI_URL is set, so %s must be set too", name)
		}
	}
	a.awaitReady(time.Second)
	return a
}

// start runs the process and waits until it serves.
func (a *Asterisk) start() {
	a.tb.Helper()
	a.process = startProcess(a.tb, exec.Command(deployScript(a.tb, "run.sh"), a.etc(), a.run()),
		"HOTLINE_ASTERISK_ROOT="+a.root)
	a.awaitReady(20 * time.Second)
}

func (a *Asterisk) etc() string { return filepath.Join(a.dir, "etc") }
func (a *Asterisk) run() string { return filepath.Join(a.dir, "run") }

// awaitReady polls until Asterisk is fully booted and its SIP port is taken. There is nothing to be told by.
func (a *Asterisk) awaitReady(patience time.Duration) {
	a.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := poll(ctx, func() error {
		if a.process != nil {
			if err := a.process.exited(); err != nil {
				return fmt.Errorf("%w: %w", errGiveUp, err)
			}
			if !strings.Contains(a.process.output.String(), "Asterisk Ready.") {
				return errors.New("modules are still being loaded")
			}
		}
		status, body, err := a.do(ctx, http.MethodGet, "/asterisk/info", nil)
		if err != nil {
			return err
		}
		if status != http.StatusOK {
			return fmt.Errorf("ARI answers %d: %s", status, body)
		}
		return askOptions(ctx, a.SIPAddr)
	})
	if err != nil {
		a.tb.Fatalf("asterisk: not ready after %s: %v\n%s", patience, err, a.Log())
	}
}

// Kill ends Asterisk as a crash would (SIGKILL).
func (a *Asterisk) Kill() { a.end(syscall.SIGKILL) }

// Stop ends Asterisk in an orderly way. It is done by itself at the end of the test.
func (a *Asterisk) Stop() { a.end(syscall.SIGTERM) }

// Freeze makes Asterisk stand still (SIGSTOP) until Thaw.
func (a *Asterisk) Freeze() { a.signal(syscall.SIGSTOP) }

// Thaw ends a Freeze.
func (a *Asterisk) Thaw() { a.signal(syscall.SIGCONT) }

// Restart ends Asterisk, if it runs, and starts it again with the same configuration, accounts and registrations.
func (a *Asterisk) Restart() {
	a.tb.Helper()
	a.Stop()
	if a.dir == "" {
		a.tb.Fatalf("asterisk: the one named by HOTLINE_TEST_ARI_URL is not ours to restart")
	}
	a.start()
}

// PID is the process id of Asterisk itself, 0 when it does not run or is not ours.
func (a *Asterisk) PID() int {
	if a.process == nil {
		return 0
	}
	return a.process.pid()
}

func (a *Asterisk) end(signal syscall.Signal) {
	a.tb.Helper()
	if a.process == nil {
		return
	}
	if err := a.process.end(signal, 10*time.Second); err != nil {
		a.tb.Logf("asterisk: %v", err)
	}
	a.process = nil
	a.client.CloseIdleConnections()
}

func (a *Asterisk) signal(signal syscall.Signal) {
	a.tb.Helper()
	if a.process == nil {
		a.tb.Fatalf("asterisk: does not run, or is not ours")
	}
	if err := a.process.signal(signal); err != nil {
		a.tb.Fatalf("asterisk: %v", err)
	}
}

// CLI runs one command on Asterisk's console and returns what it prints.
func (a *Asterisk) CLI(command string) string {
	a.tb.Helper()
	if a.dir == "" {
		a.tb.Fatalf("asterisk: the one named by HOTLINE_TEST_ARI_URL has no console here")
	}
	out, err := exec.Command(deployScript(a.tb, "run.sh"), a.etc(), a.run(), command).CombinedOutput()
	if err != nil {
		a.tb.Fatalf("asterisk: %q: %v\n%s", command, err, out)
	}
	return string(out)
}

// Log is Asterisk's log so far, notices and worse.
func (a *Asterisk) Log() string {
	if a.dir == "" {
		return ""
	}
	log, err := os.ReadFile(filepath.Join(a.run(), "log", "messages.log"))
	if err != nil && a.process != nil {
		return a.process.output.String()
	}
	return string(log)
}
