package embedded_test

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
	"testing"
	"time"

	"hotline/pbx"
	"hotline/pbx/embedded"
	"hotline/pbx/pbxtest"
)

// baresip is a real phone that we did not write, driven by its control port.
type baresip struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
	out  *strings.Builder
}

// baresipModules are where Debian puts them.
const baresipModules = "/usr/lib/baresip/modules"

// startBaresip runs a phone of its own directory on an address of its own. It says a minute of a tone.
func startBaresip(t *testing.T, ip, account string) *baresip {
	t.Helper()
	program, err := exec.LookPath("baresip")
	if err != nil {
		t.Fatalf("a real baresip is needed: %v (Debian, Ubuntu: apt-get install baresip-core)", err)
	}
	control := freeTCP(t, ip)
	dir := t.TempDir()
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
			t.Fatal(err)
		}
	}
	said := &strings.Builder{}
	cmd := exec.Command(program, "-f", dir) //nolint:noctx // ended below, by its own pid
	cmd.Stdout, cmd.Stderr = said, said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b := &baresip{t: t, out: said}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("baresip said:\n%s", said)
		}
	})
	b.connect(control)
	return b
}

// connect waits until the phone's control port is open.
func (b *baresip) connect(control string) {
	b.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-tick.C {
		conn, err := net.Dial("tcp", control) //nolint:noctx // loopback, tried again
		if err != nil {
			continue
		}
		b.conn, b.in = conn, bufio.NewReader(conn)
		b.t.Cleanup(func() { conn.Close() })
		return
	}
	b.t.Fatal("baresip does not come up")
}

// do gives a command.
func (b *baresip) do(command string) {
	b.t.Helper()
	body := fmt.Sprintf(`{"command":%q}`, command)
	if _, err := fmt.Fprintf(b.conn, "%d:%s,", len(body), body); err != nil {
		b.t.Fatal(err)
	}
}

// wait reads until an event of this type.
func (b *baresip) wait(event string) {
	b.t.Helper()
	if err := b.conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		b.t.Fatal(err)
	}
	for {
		size, err := b.in.ReadString(':')
		if err != nil {
			b.t.Fatalf("waited for %s: %v", event, err)
		}
		n, err := strconv.Atoi(strings.TrimSuffix(size, ":"))
		if err != nil {
			b.t.Fatal(err)
		}
		body := make([]byte, n+1) // and the comma
		if _, err := io.ReadFull(b.in, body); err != nil {
			b.t.Fatal(err)
		}
		var said struct{ Type string }
		if err := json.Unmarshal(body[:n], &said); err != nil {
			b.t.Fatalf("%v in %s", err, body)
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

func freeTCP(t *testing.T, ip string) string {
	t.Helper()
	listener, err := net.Listen("tcp", ip+":0") //nolint:noctx // closed at once
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// TestForeignPhone: a phone that we did not write registers by digest, rings, answers, holds, resumes, takes a hand-over and
// hangs up, by UDP and by TCP.
func TestForeignPhone(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			s := pbxtest.NewStage(t, harness(newSwitch(t, embedded.Options{})))
			s.Provision("li")
			phone := startBaresip(t, "127.0.0.21", fmt.Sprintf(
				"<sip:li@%s;transport=%s>;auth_user=li;auth_pass=secret-li;answermode=manual;regint=60;audio_codecs=PCMA", s.SIPAddr, transport))
			s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.PhoneUp && e.Phone == "li" }, "the phone to register")

			out, call := s.Call()
			leg := s.Ask(call, "li", 20*time.Second)
			phone.wait("CALL_INCOMING")
			s.Told(pbx.LegRinging, call, leg)
			phone.do("accept")
			s.Told(pbx.LegAnswered, call, leg)
			s.Must(s.Switch.Connect(s.Ctx, call, leg), "connect")
			phone.wait("CALL_ESTABLISHED")
			s.Must(out.WaitReceived(s.Ctx, 20), "the caller to hear it")
			phone.do("hold")
			s.Told(pbx.CallHeld, call, leg)
			s.Must(out.WaitHeld(s.Ctx), "the caller to be on hold")
			phone.do("resume")
			s.Told(pbx.CallResumed, call, leg)
			s.Must(out.WaitReceived(s.Ctx, 20), "the caller to hear it again")
			s.Must(s.Switch.Hold(s.Ctx, call), "hold from the desk")
			s.Must(s.Switch.Resume(s.Ctx, call), "resume from the desk")
			s.Must(out.WaitReceived(s.Ctx, 20), "the caller to hear it still")
			phone.do("hangup")
			s.LegEnded(call, leg, pbx.LegHungUp)
			s.Ended(call, pbx.EndByAgent)

			// It takes a talk over, so it makes the offer and the caller answers.
			out, in, call, first := s.Talk(s.Phone("wang", pbxtest.Behaviour{}))
			second := s.Ask(call, "li", 20*time.Second)
			phone.wait("CALL_INCOMING")
			phone.do("accept")
			s.Told(pbx.LegAnswered, call, second)
			s.Must(s.Switch.Connect(s.Ctx, call, second), "connect")
			s.LegEnded(call, first, pbx.LegHandedOver)
			s.Gone(in)
			s.Must(out.WaitReceived(s.Ctx, 20), "the caller to hear the second")
			s.Must(out.HangUp(s.Ctx), "hang up")
			s.Ended(call, pbx.EndByCaller)
			phone.wait("CALL_CLOSED")

			// A call that is given up stops it.
			_, call = s.Call()
			leg = s.Ask(call, "li", 20*time.Second)
			phone.wait("CALL_INCOMING")
			s.Must(s.Switch.Release(s.Ctx, call, leg, pbx.LegCancelled), "release")
			phone.wait("CALL_CLOSED")
		})
	}
}
