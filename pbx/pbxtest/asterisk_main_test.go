package pbxtest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"hotline/configs/asterisk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// whileWaiting bounds every wait of these tests; nothing waits that long when all is well.
func whileWaiting(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// controller holds the Stasis application and does nothing with its calls: alive on the wire, dead in the head.
type controller struct {
	arrived chan arrival
}

// arrival is what a StasisStart tells.
type arrival struct {
	Args    []string
	Channel channel
}

// channel is what an ARI channel snapshot tells.
type channel struct {
	ID       string
	State    string
	Caller   struct{ Name, Number string }
	Dialplan struct {
		Context string
		Exten   string
		AppName string `json:"app_name"`
		AppData string `json:"app_data"`
	}
}

func connectController(t *testing.T, a *Asterisk) *controller {
	t.Helper()
	ctx := whileWaiting(t)
	client := &http.Client{Transport: &http.Transport{}}
	address := "ws" + strings.TrimPrefix(a.ARIURL, "http") + "/events?app=hotline&api_key=" +
		url.QueryEscape(a.ARIUser+":"+a.ARIPassword)
	conn, _, err := websocket.Dial(ctx, address, //nolint:bodyclose // its documentation: the body need not be closed
		&websocket.DialOptions{HTTPClient: client})
	if err != nil {
		t.Fatal(err)
	}
	c := &controller{arrived: make(chan arrival, 64)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			_, frame, err := conn.Read(context.Background())
			if err != nil {
				return
			}
			var event struct {
				Type string
				arrival
			}
			if json.Unmarshal(frame, &event) == nil && event.Type == "StasisStart" {
				c.arrived <- event.arrival
			}
		}
	}()
	t.Cleanup(func() {
		if err := conn.CloseNow(); err != nil {
			t.Logf("controller: %v", err)
		}
		<-done
		client.CloseIdleConnections()
	})
	return c
}

func (c *controller) next(ctx context.Context, t *testing.T) arrival {
	t.Helper()
	select {
	case a := <-c.arrived:
		return a
	case <-ctx.Done():
		t.Fatal("no call reached the controller")
		return arrival{}
	}
}

// channels asks Asterisk which channels there are.
func channels(t *testing.T, a *Asterisk) []channel {
	t.Helper()
	status, body := a.ARI(http.MethodGet, "/channels", nil)
	var list []channel
	if err := json.Unmarshal(body, &list); err != nil || status != http.StatusOK {
		t.Fatalf("channels: %d %s", status, body)
	}
	return list
}

// agentPhone provisions an account at run time and gives its registered phone.
func agentPhone(t *testing.T, a *Asterisk, user string, b Behaviour) *Phone {
	t.Helper()
	a.Provision(user, "secret-of-"+user)
	return NewPhone(t, PhoneOptions{
		User: user, Secret: "secret-of-" + user, Server: a.SIPAddr, IP: a.PhoneIP, Behaviour: b,
	})
}

func trunkCaller(t *testing.T, a *Asterisk, number string) *Phone {
	t.Helper()
	return NewPhone(t, PhoneOptions{User: number, Server: a.SIPAddr, IP: a.TrunkIP})
}

func dial(ctx context.Context, t *testing.T, from *Phone, number string, options DialOptions) *PhoneCall {
	t.Helper()
	call, err := from.Dial(ctx, number, options)
	if err != nil {
		t.Fatal(err)
	}
	return call
}

// ends waits for the end of a call and wants this final status.
func ends(ctx context.Context, t *testing.T, call *PhoneCall, code int) {
	t.Helper()
	end, err := call.WaitEnded(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if end.Code != code {
		t.Errorf("call ended with %d, want %d", end.Code, code)
	}
}

// incoming waits for a phone's next call.
func incoming(ctx context.Context, t *testing.T, phone *Phone) *PhoneCall {
	t.Helper()
	call, err := phone.WaitInvite(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return call
}

func statusOf(err error) int {
	var refused *StatusError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return 0
}

// quick makes the waits of the dialplan short enough for a test.
func quick(p *asterisk.Plan) {
	p.Watchdog = time.Second
	p.FallbackRing = time.Second
	p.FallbackLimit = 2 * time.Second
}
