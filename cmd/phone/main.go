// Command phone is a SIP phone for the terminal, to try a hotline without any other: an agent's phone, or a caller.
//
//	phone agent LOGIN SECRET   registers, rings, Enter answers, Enter again hangs up
//	phone call  DID            calls the hotline as a customer, Enter hangs up
//
// It sends silence and plays nothing; it shows what happens and when.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"hotline/pbx/pbxtest"
)

type commandLine struct {
	Server string `default:"127.0.0.1:5060" help:"SIP address of the switch."`

	Agent struct {
		Login  string `arg:"" help:"The agent's login, which is the phone's account."`
		Secret string `arg:"" help:"The secret that \"hotline user add\" or \"hotline user phone\" printed."`
		IP     string `default:"127.0.0.3" help:"Local address."`
	} `cmd:"" help:"Be an agent's phone."`
	Call struct {
		DID  string `arg:"" help:"The number to dial."`
		From string `default:"13800138000" help:"The caller's number."`
		IP   string `default:"127.0.0.2" help:"Local address; the switch must know it as a trunk."`
	} `cmd:"" help:"Call the hotline as a customer."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var line commandLine
	command := kong.Parse(&line, kong.Name("phone"), kong.Description("A SIP phone for the terminal, to try a hotline."))
	t := &terminal{keys: make(chan struct{})}
	defer t.end()
	go t.read()
	if strings.HasPrefix(command.Command(), "agent") {
		t.agent(ctx, pbxtest.NewPhone(t, pbxtest.PhoneOptions{
			User: line.Agent.Login, Secret: line.Agent.Secret, Server: line.Server, IP: line.Agent.IP,
		}))
		return
	}
	t.call(ctx, pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: line.Call.From, Server: line.Server, IP: line.Call.IP}), line.Call.DID)
}

// agent takes calls until the end.
func (t *terminal) agent(ctx context.Context, phone *pbxtest.Phone) {
	t.say("registered as %s; waiting for calls, Ctrl-C ends", phone.User())
	for {
		call, err := phone.WaitInvite(ctx)
		if err != nil {
			return
		}
		t.say("ringing: %s %s   Enter answers", call.CallerNumber(), call.CallerName())
		if t.until(ctx, call.Done(pbxtest.MarkEnded)) {
			call.Answer()
			if call.WaitAnswered(ctx) == nil {
				t.say("talking   Enter hangs up")
				if t.until(ctx, call.Done(pbxtest.MarkEnded)) {
					t.hangUp(call)
				}
			}
		}
		if ctx.Err() != nil {
			return
		}
		t.say("the call is over")
	}
}

// call places one call.
func (t *terminal) call(ctx context.Context, phone *pbxtest.Phone, did string) {
	began := time.Now()
	call, err := phone.Dial(ctx, did, pbxtest.DialOptions{})
	if err != nil {
		t.Fatalf("%v", err)
	}
	if call.WaitRinging(ctx) == nil {
		t.say("it rings, after %v   Enter gives up", time.Since(began).Round(time.Millisecond))
	}
	answered := make(chan struct{})
	go func() {
		if call.WaitAnswered(ctx) == nil {
			t.say("answered by a human, %v after the first ring   Enter hangs up",
				call.At(pbxtest.MarkAnswered).Sub(call.At(pbxtest.MarkRinging)).Round(time.Millisecond))
		}
		close(answered)
	}()
	if t.until(ctx, call.Done(pbxtest.MarkEnded)) || ctx.Err() != nil {
		t.hangUp(call)
	}
	<-answered
	end := call.End()
	t.say("the call is over (SIP %d)", end.Code)
}

func (t *terminal) hangUp(call *pbxtest.PhoneCall) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	hangUp := call.Cancel
	if call.Passed(pbxtest.MarkUp) {
		hangUp = call.HangUp
	}
	if err := hangUp(ctx); err != nil {
		t.say("%v", err)
	}
}

// terminal is what the phone needs of the process; it is the phone's pbxtest.TB.
type terminal struct {
	keys chan struct{}
	ends []func()
}

func (t *terminal) read() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		t.keys <- struct{}{}
	}
}

// until waits for Enter (true), or for done or the end (false).
func (t *terminal) until(ctx context.Context, done <-chan struct{}) bool {
	select {
	case <-t.keys:
		return true
	case <-done:
		return false
	case <-ctx.Done():
		return false
	}
}

func (t *terminal) say(format string, args ...any) {
	fmt.Printf("%s  %s\n", time.Now().Format("15:04:05.000"), fmt.Sprintf(format, args...))
}

func (t *terminal) end() {
	for i := len(t.ends) - 1; i >= 0; i-- {
		t.ends[i]()
	}
	t.ends = nil
}

// Helper, Fatalf, Logf, Cleanup and TempDir implement pbxtest.TB.
func (t *terminal) Helper() {}

func (t *terminal) Fatalf(format string, args ...any) {
	t.end()
	fmt.Fprintf(os.Stderr, "phone: "+format+"\n", args...)
	os.Exit(1)
}

func (t *terminal) Logf(format string, args ...any) { t.say(format, args...) }

func (t *terminal) Cleanup(f func()) { t.ends = append(t.ends, f) }

func (t *terminal) TempDir() string {
	dir, err := os.MkdirTemp("", "hotline-phone-")
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
