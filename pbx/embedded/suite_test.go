package embedded_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hotline/pbx/embedded"
	"hotline/pbx/pbxtest"
)

const did = "4001"

// newSwitch makes a switch for one test, on loopback.
func newSwitch(t *testing.T, o embedded.Options) *embedded.Switch {
	t.Helper()
	if o.Name == "" {
		o.Name = "e"
	}
	if o.Bind == "" {
		o.Bind = "127.0.0.1:0"
	}
	if o.DIDs == nil {
		o.DIDs = func(number string) bool { return number == did }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	sw, err := embedded.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sw.Close)
	return sw
}

// harness is a switch for the suite: voice goes from phone to phone, so it can neither play nor record.
func harness(sw *embedded.Switch) pbxtest.Harness {
	return pbxtest.Harness{
		Switch: sw, Accounts: sw, SIPAddr: sw.Addr().String(), TrunkIP: "127.0.0.2", PhoneIP: "127.0.0.3", DID: did,
	}
}

// TestConformance runs the suite of all drivers.
func TestConformance(t *testing.T) {
	pbxtest.Run(t, func(t *testing.T) pbxtest.Harness { return harness(newSwitch(t, embedded.Options{})) })
}

// TestConformanceTCP runs it with phones and callers on TCP.
func TestConformanceTCP(t *testing.T) {
	pbxtest.Run(t, func(t *testing.T) pbxtest.Harness {
		h := harness(newSwitch(t, embedded.Options{}))
		h.TCP = true
		return h
	})
}

// TestConformanceWebsocket runs it with browsers for phones and callers.
func TestConformanceWebsocket(t *testing.T) {
	pbxtest.Run(t, func(t *testing.T) pbxtest.Harness {
		sw := newSwitch(t, embedded.Options{})
		h := harness(sw)
		h.Websocket = serveWebsocket(t, sw)
		return h
	})
}

// serveWebsocket serves the switch's websocket as the hotline does, and gives its address.
func serveWebsocket(t *testing.T, sw *embedded.Switch) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("GET /sip", sw.Websocket())
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return "ws" + strings.TrimPrefix(server.URL, "http") + "/sip"
}
