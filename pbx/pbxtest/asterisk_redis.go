package pbxtest

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"syscall"
	"time"
)

// Redis is one real redis-server whose data survive Kill and Restart.
type Redis struct {
	Addr string // host:port

	tb      TB
	dir     string
	process *process
}

// StartRedis starts redis-server on a free loopback address, append-only file on and synced every second, as facts.md
// says is right for what it holds. It ends with the test.
func StartRedis(tb TB) *Redis {
	tb.Helper()
	network := freeNetwork(tb)
	r := &Redis{
		Addr: fmt.Sprintf("127.%d.%d.1:6379", network[0], network[1]),
		tb:   tb,
		dir:  tb.TempDir(),
	}
	tb.Cleanup(func() { r.end(syscall.SIGTERM) })
	r.start()
	return r
}

func (r *Redis) start() {
	r.tb.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		r.tb.Fatalf("redis: a real redis-server is needed: %v (Debian, Ubuntu: apt-get install redis-server)", err)
	}
	host, port, err := net.SplitHostPort(r.Addr)
	if err != nil {
		r.tb.Fatalf("redis: %v", err)
	}
	r.process = startProcess(r.tb, exec.Command(program, "--bind", host, "--port", port, "--dir", r.dir,
		"--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--daemonize", "no", "--protected-mode", "no"))
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	err = poll(ctx, func() error {
		if err := r.process.exited(); err != nil {
			return fmt.Errorf("%w: %w", errGiveUp, err)
		}
		return pingRedis(ctx, r.Addr)
	})
	if err != nil {
		r.tb.Fatalf("redis: not ready: %v\n%s", err, r.process.output)
	}
}

// Kill ends redis-server as a crash would (SIGKILL).
func (r *Redis) Kill() { r.end(syscall.SIGKILL) }

// Restart ends redis-server, if it runs, and starts it again with the same data.
func (r *Redis) Restart() {
	r.tb.Helper()
	r.end(syscall.SIGTERM)
	r.start()
}

// Freeze makes redis-server stand still (SIGSTOP) until Thaw.
func (r *Redis) Freeze() { r.signal(syscall.SIGSTOP) }

// Thaw ends a Freeze.
func (r *Redis) Thaw() { r.signal(syscall.SIGCONT) }

// PID is the process id, 0 when it does not run.
func (r *Redis) PID() int {
	if r.process == nil {
		return 0
	}
	return r.process.pid()
}

func (r *Redis) signal(signal syscall.Signal) {
	r.tb.Helper()
	if r.process == nil {
		r.tb.Fatalf("redis: does not run")
	}
	if err := r.process.signal(signal); err != nil {
		r.tb.Fatalf("redis: %v", err)
	}
}

func (r *Redis) end(signal syscall.Signal) {
	r.tb.Helper()
	if r.process == nil {
		return
	}
	if err := r.process.end(signal, 10*time.Second); err != nil {
		r.tb.Logf("redis: %v", err)
	}
	r.process = nil
}

// pingRedis wants +PONG: while it loads its file, Redis accepts connections but answers -LOADING.
func pingRedis(ctx context.Context, addr string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	reply := make([]byte, 64)
	n, err := conn.Read(reply)
	if err != nil {
		return err
	}
	if string(reply[:n]) != "+PONG\r\n" {
		return fmt.Errorf("redis answers %q", reply[:n])
	}
	return nil
}
