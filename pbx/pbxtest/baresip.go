package pbxtest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Baresip is a real phone that we did not write (Debian's baresip), driven by its control port.
type Baresip struct {
	tb   TB
	conn net.Conn
	in   *bufio.Reader
}

// baresipModules are where Debian puts them.
const baresipModules = "/usr/lib/baresip/modules"

// baresipTime bounds what it is waited for.
const baresipTime = 20 * time.Second

// StartBaresip runs one with its own directory, on an address of its own, until the test ends. account is a line of its accounts file. It
// says a minute of a tone. The test fails at once when there is no baresip.
func StartBaresip(tb TB, ip, account string) *Baresip {
	tb.Helper()
	program, err := exec.LookPath("baresip")
	if err != nil {
		tb.Fatalf("a real baresip is needed: %v (Debian, Ubuntu: apt-get install baresip-core)", err)
	}
	control := freeTCP(tb, ip)
	dir := tb.TempDir()
	for name, content := range map[string]string{
		"config": strings.Join([]string{
			"sip_listen " + ip + ":0", "ctrl_tcp_listen " + control, "module_path " + baresipModules,
			"module g711.so", "module aubridge.so", "module aufile.so", "module_app account.so",
			"module_app menu.so", "module_app ctrl_tcp.so", "module_tmp uuid.so", "audio_source aufile," + filepath.Join(dir, "voice.wav"),
			"audio_player aubridge,sink", "audio_alert aubridge,alert", "call_max_calls 4", "net_interface " + ip,
			"rtp_stats no", "",
		}, "\n"),
		"accounts":  account + "\n",
		"contacts":  "",
		"voice.wav": tone(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			tb.Fatalf("baresip: %v", err)
		}
	}
	said := &strings.Builder{}
	cmd := exec.Command(program, "-f", dir) //nolint:noctx // ended below, by its own pid
	cmd.Stdout, cmd.Stderr = said, said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		tb.Fatalf("baresip: %v", err)
	}
	b := &Baresip{tb: tb}
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t, ok := tb.(interface{ Failed() bool }); ok && t.Failed() {
			tb.Logf("baresip said:\n%s", said)
		}
	})
	b.connect(control)
	return b
}

// connect waits until the phone's control port is open.
func (b *Baresip) connect(control string) {
	b.tb.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(baresipTime); time.Now().Before(end); <-tick.C {
		conn, err := net.Dial("tcp", control) //nolint:noctx // loopback, tried again
		if err != nil {
			continue
		}
		b.conn, b.in = conn, bufio.NewReader(conn)
		b.tb.Cleanup(func() { conn.Close() })
		return
	}
	b.tb.Fatalf("baresip does not come up")
}

// Do gives a command.
func (b *Baresip) Do(command string) {
	b.tb.Helper()
	body := fmt.Sprintf(`{"command":%q}`, command)
	if _, err := fmt.Fprintf(b.conn, "%d:%s,", len(body), body); err != nil {
		b.tb.Fatalf("baresip: %v", err)
	}
}

// Wait reads until an event of this type, e.g. CALL_INCOMING.
func (b *Baresip) Wait(event string) {
	b.tb.Helper()
	if err := b.conn.SetReadDeadline(time.Now().Add(baresipTime)); err != nil {
		b.tb.Fatalf("baresip: %v", err)
	}
	for {
		size, err := b.in.ReadString(':')
		if err != nil {
			b.tb.Fatalf("waited for %s: %v", event, err)
		}
		n, err := strconv.Atoi(strings.TrimSuffix(size, ":"))
		if err != nil {
			b.tb.Fatalf("baresip: %v", err)
		}
		body := make([]byte, n+1) // and the comma
		if _, err := io.ReadFull(b.in, body); err != nil {
			b.tb.Fatalf("baresip: %v", err)
		}
		var said struct{ Type string }
		if err := json.Unmarshal(body[:n], &said); err != nil {
			b.tb.Fatalf("%v in %s", err, body)
		}
		if said.Type == event {
			return
		}
	}
}

// tone is a WAV file of a minute, 8 kHz, 16 bits, mono: a square wave.
func tone() string {
	samples := make([]byte, 60*8000*2)
	for i := range samples {
		samples[i] = byte(i / 18 % 2 * 16)
	}
	var b bytes.Buffer
	b.WriteString("RIFF")
	for _, part := range []any{
		uint32(36 + len(samples)), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(8000), uint32(16000), uint16(2),
		uint16(16), []byte("data"), uint32(len(samples)), samples,
	} {
		_ = binary.Write(&b, binary.LittleEndian, part)
	}
	return b.String()
}

func freeTCP(tb TB, ip string) string {
	tb.Helper()
	listener, err := net.Listen("tcp", ip+":0") //nolint:noctx // closed at once
	if err != nil {
		tb.Fatalf("baresip: %v", err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
