package pbxtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"testing"
	"time"
)

// redisDo speaks the inline form of Redis' protocol, one line back.
func redisDo(t *testing.T, r *Redis, command string) (string, error) {
	t.Helper()
	conn, err := net.Dial("tcp", r.Addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
		return "", err
	}
	if _, err := fmt.Fprintf(conn, "%s\r\n", command); err != nil {
		return "", err
	}
	return bufio.NewReader(conn).ReadString('\n')
}

// TestRedisSurvives: a real Redis is killed, comes back with what it had said it holds, and stands still on command.
func TestRedisSurvives(t *testing.T) {
	r := StartRedis(t)
	for _, step := range []struct{ command, want string }{{"SET k v1", "+OK\r\n"}, {"INCR n", ":1\r\n"}} {
		if got, err := redisDo(t, r, step.command); err != nil || got != step.want {
			t.Fatalf("%s: %q, %v", step.command, got, err)
		}
	}
	addr := r.Addr
	r.Kill()
	if _, err := redisDo(t, r, "PING"); err == nil {
		t.Error("a killed Redis answers")
	}
	if r.PID() != 0 {
		t.Error("a killed Redis has a process id")
	}
	r.Restart()
	if r.Addr != addr {
		t.Errorf("it moved from %s to %s", addr, r.Addr)
	}
	if got, err := redisDo(t, r, "INCR n"); err != nil || got != ":2\r\n" {
		t.Errorf("after the crash: %q, %v", got, err)
	}
	r.Freeze()
	if _, err := redisDo(t, r, "PING"); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a frozen Redis: %v", err)
	}
	r.Thaw()
	if err := pingRedis(context.Background(), r.Addr); err != nil {
		t.Errorf("thawed: %v", err)
	}
}
