package asterisk_test

import (
	"context"
	"errors"
	"testing"

	"hotline/pbx"
	"hotline/pbx/asterisk"
)

func TestNewChecks(t *testing.T) {
	good := asterisk.Options{Name: "a", URL: "http://127.0.20.1:1/ari", User: "u", Password: "p"}
	if _, err := asterisk.New(good); err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(*asterisk.Options){
		"no name":     func(o *asterisk.Options) { o.Name = "" },
		"name":        func(o *asterisk.Options) { o.Name = "A-1" },
		"address":     func(o *asterisk.Options) { o.URL = "127.0.0.1:8088" },
		"scheme":      func(o *asterisk.Options) { o.URL = "ws://127.0.0.1/ari" },
		"no user":     func(o *asterisk.Options) { o.User = "" },
		"no password": func(o *asterisk.Options) { o.Password = "" },
		"application": func(o *asterisk.Options) { o.App = "a,b" },
	} {
		bad := good
		spoil(&bad)
		if _, err := asterisk.New(bad); err == nil {
			t.Errorf("accepted: %s", what)
		}
	}
}

// TestBeforeAndAfterRun: a driver that does not run says that the switch is down, and runs once.
func TestBeforeAndAfterRun(t *testing.T) {
	d, err := asterisk.New(asterisk.Options{Name: "a", URL: "http://127.0.20.1:1/ari", User: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Hold(t.Context(), "a-1"); !errors.Is(err, pbx.ErrDown) {
		t.Errorf("before: %v", err)
	}
	if err := d.Run(canceled(t), func(pbx.Event) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("run: %v", err)
	}
	if err := d.Hold(t.Context(), "a-1"); !errors.Is(err, pbx.ErrDown) {
		t.Errorf("after: %v", err)
	}
	if err := d.Run(t.Context(), func(pbx.Event) {}); err == nil {
		t.Error("ran twice")
	}
}
