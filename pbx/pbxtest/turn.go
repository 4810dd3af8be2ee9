package pbxtest

import (
	"crypto/rand"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// TURN is a real TURN server (coturn) that checks time-limited credentials by a shared secret.
type TURN struct {
	Addr   string // UDP and TCP
	Secret string

	run *process
}

// StartTURN starts one for the test.
func StartTURN(tb TB) *TURN {
	tb.Helper()
	program, err := exec.LookPath("turnserver")
	if err != nil {
		tb.Fatalf("there is no coturn; deploy/test/install.sh installs it: %v", err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("turn: %v", err)
	}
	t := &TURN{Addr: free.Addr().String(), Secret: rand.Text()}
	_ = free.Close()
	_, port, _ := net.SplitHostPort(t.Addr)
	first := 40000 + 100*(time.Now().Nanosecond()%100)
	dir := tb.TempDir()
	t.run = startProcess(tb, exec.Command(program, "-n", "--listening-ip=127.0.0.1", "--listening-port="+port, "--relay-ip="+ownAddress(),
		"--min-port="+strconv.Itoa(first), "--max-port="+strconv.Itoa(first+99), "--allow-loopback-peers", "--use-auth-secret",
		"--static-auth-secret="+t.Secret, "--realm=hotline", "--no-tls", "--no-dtls", "--no-cli", "--fingerprint", "--log-file=stdout",
		"--simple-log", "--pidfile="+filepath.Join(dir, "pid"), "--userdb="+filepath.Join(dir, "db")))
	tb.Cleanup(func() { _ = t.run.end(syscall.SIGTERM, 5*time.Second) })
	deadline := time.After(20 * time.Second)
	for again := time.NewTicker(20 * time.Millisecond); ; {
		conn, err := net.Dial("tcp", t.Addr)
		if err == nil {
			_ = conn.Close()
			again.Stop()
			return t
		}
		if gone := t.run.exited(); gone != nil {
			tb.Fatalf("turn: %v", gone)
		}
		select {
		case <-again.C:
		case <-deadline:
			tb.Fatalf("turn: it does not listen: %v\n%s", err, t.run.output)
		}
	}
}

// ownAddress is the machine's first address that is no loopback: where Asterisk and browsers have their media, and answer from. What is
// relayed between them does not leave the machine.
func ownAddress() string {
	all, _ := net.InterfaceAddrs()
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			return n.IP.String()
		}
	}
	return "127.0.0.1"
}

// Said is what the server has logged so far.
func (t *TURN) Said() string { return t.run.output.String() }
