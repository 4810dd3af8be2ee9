package queue

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// redisServer is a real redis-server in a directory of its own.
type redisServer struct {
	t    testing.TB
	dir  string
	port string
	cmd  *exec.Cmd
}

// startRedis starts a server that keeps an append-only file and ends with the test.
func startRedis(t testing.TB) *redisServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s := &redisServer{t: t, dir: t.TempDir(), port: port}
	t.Cleanup(s.kill)
	s.start()
	return s
}

func (s *redisServer) url() string { return "redis://127.0.0.1:" + s.port }

// start starts the server, also again after kill, and waits until it answers with its data loaded.
func (s *redisServer) start() {
	s.t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		s.t.Fatal("these tests need redis-server: ", err)
	}
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	s.cmd = exec.Command(path, "--bind", "127.0.0.1", "--port", s.port, "--dir", s.dir, "--appendonly", "yes", "--save", "")
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		b, err := DialBoard(ctx, s.url(), BoardOptions{})
		if err == nil {
			b.Close()
			return
		}
		select {
		case <-ctx.Done():
			s.t.Fatal("redis-server does not answer: ", err)
		case <-tick.C:
		}
	}
}

// kill is kill -9.
func (s *redisServer) kill() {
	if s.cmd == nil {
		return
	}
	if err := s.cmd.Process.Kill(); err == nil {
		_ = s.cmd.Wait() // "signal: killed"
	}
	s.cmd = nil
}
