// Package house runs a whole call centre for tests and benchmarks: a real Asterisk, a real Redis, the hotline as a process
// of its own, agents with SIP phones, callers on a trunk.
package house

import (
	"bytes"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"hotline/configs/asterisk"
	"hotline/pbx/pbxtest"
)

// The numbers of a house. A ring lasts one second, so that three rings pass while one waits.
const (
	DIDMain  = "4001" // queue "main"
	DIDOther = "4002" // queue "other", which nobody serves: its calls overflow into "main"
	Ring     = time.Second
	Patience = 20 * time.Second // every wait ends by then
)

const yaml = `timezone: Asia/Shanghai
http: {listen: "%[1]s"}
data: {dir: "%[2]s"}
redis: {url: "%[3]s"}
switches:
%[4]shotlines:
  - {name: main, dids: ["4001"], queue: main, ring: {on: 400ms, off: 600ms}}
  - {name: other, dids: ["4002"], queue: other, ring: {on: 400ms, off: 600ms}}
%[7]squeues:
  - name: main
    title: {zh: "主队列", en: "Main"}
    skill: erp
%[5]s
  - name: other
    title: {zh: "其他", en: "Other"}
    skill: print
    no_agents: 1s
    overflow: [{when: no_agents, do: queue, queue: main}]
%[6]s`

// PlainQueue frees an agent at once after a call and never gives up on a caller.
const PlainQueue = `    wrapup_limit: 0s
    max_wait: 30m
    no_agents: 30m
`

// Options says what differs from a plain house.
type Options struct {
	// Command makes the hotline as a process; --config is added.
	Command func(args ...string) *exec.Cmd
	// Queue holds further YAML lines of queue main, indented by four. Default PlainQueue.
	Queue string
	// More holds further top-level YAML; it may begin with further items of the list of queues.
	More string
	// Lines are further numbers to dial, each with the queue it leads to.
	Lines map[string]string
	// Plan changes Asterisk's configuration.
	Plan func(*asterisk.Plan)
	// Voice is the pace of the packets that phones send in a talk. Default 20 ms; a house full of talks wants a slower one.
	Voice time.Duration
	// Embedded serves with the embedded switch and the Redis inside the process: House.Asterisk and House.Redis are nil.
	Embedded bool
	// Second adds another Asterisk, driven by the same hotline.
	Second bool
	// Through gives the address under which the hotline reaches ARI at addr; a test can put a wire there that it may cut.
	Through func(addr string) string
}

// House is a whole call centre.
type House struct {
	Asterisk *pbxtest.Asterisk // nil with Options.Embedded
	Second   *pbxtest.Asterisk // nil without Options.Second
	Redis    *pbxtest.Redis    // nil with Options.Embedded
	SIP      string            // where phones register
	Trunk    *pbxtest.Phone    // where callers come from
	Dir      string
	Addr     string // of the API
	Config   string // path of hotline.yaml
	Admin    string // API token of an administrator and service manager

	tb      pbxtest.TB
	voice   time.Duration
	command func(args ...string) *exec.Cmd
	process *exec.Cmd
	exited  chan struct{}
	log     lines
	mu      sync.Mutex
	tokens  map[string]string
}

// Open starts everything and returns when the hotline says that it is ready.
func Open(tb pbxtest.TB, o Options) *House {
	tb.Helper()
	if o.Queue == "" {
		o.Queue = PlainQueue
	}
	h := &House{tb: tb, command: o.Command, Dir: tb.TempDir(), voice: o.Voice, tokens: map[string]string{}}
	dids, lines := []string{DIDMain, DIDOther}, ""
	for _, did := range slices.Sorted(maps.Keys(o.Lines)) {
		dids = append(dids, did)
		lines += fmt.Sprintf("  - {name: line%s, dids: [%q], queue: %s, ring: {on: 400ms, off: 600ms}}\n", did, did, o.Lines[did])
	}
	h.Addr = freeAddr(tb)
	h.Config = filepath.Join(h.Dir, "hotline.yaml")
	var switches, redis, trunk string
	if o.Embedded {
		h.SIP, trunk = freeAddr(tb), "127.0.0.2"
		switches = fmt.Sprintf("  - {name: desk, kind: embedded, bind: %q}\n", h.SIP)
	} else {
		h.Asterisk = pbxtest.StartAsterisk(tb, pbxtest.AsteriskOptions{Name: "bj1", DIDs: dids, Adjust: o.Plan})
		h.Redis = pbxtest.StartRedis(tb)
		h.SIP, trunk, redis = h.Asterisk.SIPAddr, h.Asterisk.TrunkIP, "redis://"+h.Redis.Addr+"/0"
		switches = switchYAML(h.Asterisk, o.Through)
	}
	h.Trunk = pbxtest.NewPhone(tb, pbxtest.PhoneOptions{User: "13800138000", Server: h.SIP, IP: trunk, PacketEvery: o.Voice})
	if o.Second {
		h.Second = pbxtest.StartAsterisk(tb, pbxtest.AsteriskOptions{Name: "sh1", DIDs: dids, Adjust: o.Plan})
		switches += switchYAML(h.Second, nil)
	}
	text := fmt.Sprintf(yaml, h.Addr, filepath.Join(h.Dir, "data"), redis, switches, o.Queue, o.More, lines)
	if err := os.WriteFile(h.Config, []byte(text), 0o600); err != nil {
		tb.Fatalf("house: %v", err)
	}
	h.Run("user", "add", "boss", "--name", "Boss", "--role", "administrator", "--role", "supervisor", "--ask", "--no-phone")
	tb.Cleanup(h.Kill)
	h.Start()
	h.Admin = h.As("boss")
	return h
}

func switchYAML(a *pbxtest.Asterisk, through func(addr string) string) string {
	url := a.ARIURL
	if through != nil {
		url = "http://" + through(a.HTTPAddr) + "/ari"
	}
	return fmt.Sprintf("  - {name: %q, kind: asterisk, url: %q, user: %q, password: %q}\n", a.Name, url, a.ARIUser, a.ARIPassword)
}

func freeAddr(tb pbxtest.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("house: %v", err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Password is every user's; it never leaves the loopback.
const Password = "correct horse battery staple"

func (h *House) hotline(args ...string) *exec.Cmd {
	return h.command(append(args, "--config", h.Config)...)
}

// Run runs one hotline command to its end and returns what it printed; it must exit 0.
func (h *House) Run(args ...string) string {
	h.tb.Helper()
	out, err := h.TryRun(args...)
	if err != nil {
		h.tb.Fatalf("hotline %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// TryRun is Run for commands that may fail. What they print on standard error goes into the error.
func (h *House) TryRun(args ...string) (string, error) {
	cmd := h.hotline(args...)
	cmd.Stdin = strings.NewReader(Password + "\n")
	var out, diag bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diag
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%w: %s", err, diag.String())
	}
	return out.String(), nil
}

// Start starts the server and waits until it is ready.
func (h *House) Start() {
	h.tb.Helper()
	h.Launch()
	h.Eventually("the hotline is ready", func() bool {
		status, _ := h.Try("GET", "/readyz", "", nil)
		return status == http.StatusOK
	})
}

// Launch starts the server and returns at once.
func (h *House) Launch() {
	h.tb.Helper()
	h.process = h.hotline("serve")
	h.process.Stdout, h.process.Stderr = &h.log, &h.log
	if err := h.process.Start(); err != nil {
		h.tb.Fatalf("house: %v", err)
	}
	h.exited = make(chan struct{})
	go func(cmd *exec.Cmd, exited chan struct{}) {
		_ = cmd.Wait() // how it ended is read from ProcessState
		close(exited)
	}(h.process, h.exited)
}

// PID is the server's process id.
func (h *House) PID() int { return h.process.Process.Pid }

// Kill ends the server as a crash would (SIGKILL).
func (h *House) Kill() {
	if h.process == nil {
		return
	}
	_ = h.process.Process.Signal(syscall.SIGKILL)
	<-h.exited
	h.process = nil
}

// Freeze makes the server stand still (SIGSTOP) until Thaw.
func (h *House) Freeze() { _ = h.process.Process.Signal(syscall.SIGSTOP) }

// Thaw ends a Freeze.
func (h *House) Thaw() { _ = h.process.Process.Signal(syscall.SIGCONT) }

// Stop ends the server in an orderly way; it must say goodbye in time and exit 0.
func (h *House) Stop() {
	h.tb.Helper()
	h.AskToStop()
	h.Stopped()
}

// AskToStop begins what Stop does, and returns at once.
func (h *House) AskToStop() { _ = h.process.Process.Signal(syscall.SIGTERM) }

// Stopped waits until a server that was asked to stop has done so.
func (h *House) Stopped() {
	h.tb.Helper()
	select {
	case <-h.exited:
	case <-time.After(Patience):
		h.tb.Fatalf("the hotline did not stop on SIGTERM; its log:\n%s", h.Log())
	}
	if code := h.process.ProcessState.ExitCode(); code != 0 {
		h.tb.Fatalf("the hotline stopped with exit code %d; its log:\n%s", code, h.Log())
	}
	h.process = nil
}

// Log is what the server has logged so far, over all its starts.
func (h *House) Log() string { return h.log.String() }

// Eventually polls a condition of the world outside until it holds; after Patience it fails.
func (h *House) Eventually(what string, ok func() bool) {
	h.tb.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(Patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-h.exited:
			if h.process != nil {
				h.tb.Fatalf("waiting until %s: the hotline has ended; its log:\n%s", what, h.Log())
			}
			<-tick.C
		case <-late:
			h.tb.Fatalf("waited in vain until %s; the hotline's log:\n%s", what, h.Log())
		}
	}
}

// lines keeps the server's log.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
