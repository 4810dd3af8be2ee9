package pbxtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a real server started for a test.
type process struct {
	cmd    *exec.Cmd
	output *lockedBuffer
	done   chan struct{} // closed when it has ended; err is set then
	err    error
}

// startProcess starts cmd with the test's environment and env. Should the test itself die, the kernel ends the process.
func startProcess(tb TB, cmd *exec.Cmd, env ...string) *process {
	tb.Helper()
	p := &process{cmd: cmd, output: new(lockedBuffer), done: make(chan struct{})}
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = p.output, p.output
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		tb.Fatalf("start %s: %v", cmd.Path, err)
	}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p
}

func (p *process) pid() int { return p.cmd.Process.Pid }

func (p *process) signal(signal syscall.Signal) error { return p.cmd.Process.Signal(signal) }

// exited gives nil while the process runs, else why it ended and what it said.
func (p *process) exited() error {
	select {
	case <-p.done:
		return fmt.Errorf("%s ended: %w\n%s", filepath.Base(p.cmd.Path), errors.Join(p.err), p.output)
	default:
		return nil
	}
}

// end sends the signal, waits, and kills what does not end in time.
func (p *process) end(signal syscall.Signal, patience time.Duration) error {
	if err := p.signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.done:
		return nil
	case <-timer.C:
	}
	if err := p.signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.done
	return fmt.Errorf("%s did not end within %s of %s and was killed", filepath.Base(p.cmd.Path), patience, signal)
}

// lockedBuffer takes a process's output while others read it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

var errGiveUp = errors.New("no use in waiting longer")

// poll asks every few milliseconds until ready gives nil, or an error that wraps errGiveUp, or ctx ends.
func poll(ctx context.Context, ready func() error) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ready()
		if err == nil || errors.Is(err, errGiveUp) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// freeNetwork finds x and y so that 127.x.y.0/24 is nobody's: drawn at random from a quarter of the loopback network, so
// that test processes that run side by side do not meet, and tried.
func freeNetwork(tb TB) [2]byte {
	tb.Helper()
	for range 100 {
		var draw [2]byte
		if _, err := rand.Read(draw[:]); err != nil {
			tb.Fatalf("loopback network: %v", err)
		}
		draw[0] = 64 + draw[0]%64
		host := net.IPv4(127, draw[0], draw[1], 1)
		// Who takes a network for a test takes this port of its first address or of none.
		if l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: host, Port: 8088}); err == nil {
			l.Close()
			return draw
		}
	}
	tb.Fatalf("loopback network: found none free in 127.64.0.0/10")
	return [2]byte{}
}

// asteriskRoot finds or makes the directory with the real Asterisk.
func asteriskRoot(tb TB) string {
	tb.Helper()
	if root := os.Getenv("HOTLINE_ASTERISK_ROOT"); root != "" {
		return root
	}
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, deployScript(tb, "root.sh"))
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		tb.Fatalf("a real Asterisk is needed and could not be made: %v\n%s", err, stderr.String())
	}
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	return lines[len(lines)-1]
}

// deployScript finds deploy/asterisk/name of the source tree this package was compiled from, or of the tree around the
// working directory (a binary built with -trimpath does not know the former).
func deployScript(tb TB, name string) string {
	tb.Helper()
	_, source, _, _ := runtime.Caller(0)
	starts := []string{filepath.Dir(source)}
	if wd, err := os.Getwd(); err == nil {
		starts = append(starts, wd)
	}
	for _, dir := range starts {
		for ; filepath.IsAbs(dir) && dir != "/"; dir = filepath.Dir(dir) {
			script := filepath.Join(dir, "deploy", "asterisk", name)
			if _, err := os.Stat(script); err == nil {
				return script
			}
		}
	}
	tb.Fatalf("deploy/asterisk/%s is in no directory above %s", name, strings.Join(starts, " or "))
	return ""
}
