package agent

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// redisServer is a real redis-server of the test's own, on a unix socket, keeping nothing on disk.
type redisServer struct {
	dir, url string
	cmd      *exec.Cmd
}

func startRedis(t *testing.T) *redisServer {
	t.Helper()
	dir, err := os.MkdirTemp("", "hr") //nolint:usetesting // short: a socket's path has 107 bytes at most
	must(t, err)
	s := &redisServer{dir: dir, url: "unix://" + filepath.Join(dir, "s")}
	s.start(t)
	t.Cleanup(func() {
		s.kill(t)
		must(t, os.RemoveAll(dir))
	})
	return s
}

// start returns when the server accepts connections.
func (s *redisServer) start(t *testing.T) {
	t.Helper()
	s.cmd = exec.Command("redis-server", "--port", "0", "--unixsocket", filepath.Join(s.dir, "s"), "--dir", s.dir,
		"--save", "", "--appendonly", "no", "--logfile", "")
	out, err := s.cmd.StdoutPipe()
	must(t, err)
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("the tests need redis-server: %v", err)
	}
	lines := bufio.NewScanner(out)
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
		if strings.Contains(strings.ToLower(lines.Text()), "ready to accept connections at") {
			return // a handful of further lines fits into the pipe
		}
	}
	t.Fatalf("redis-server did not start: %s", strings.Join(said, "\n"))
}

// kill is kill -9; a second one finds nothing to do.
func (s *redisServer) kill(t *testing.T) {
	t.Helper()
	if s.cmd == nil {
		return
	}
	must(t, s.cmd.Process.Kill())
	_ = s.cmd.Wait() // says that it was killed
	s.cmd = nil
	must(t, os.RemoveAll(filepath.Join(s.dir, "s")))
}
