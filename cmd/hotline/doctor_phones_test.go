package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"hotline/configs"
)

// TestDoctorSaysWherePhonesAreMissing: of several Asterisks, each is told whose phones are at another only; what is registered nowhere, or
// unknown to a switch (a caller in a browser), is nobody's trouble. One that does not answer is left out.
func TestDoctorSaysWherePhonesAreMissing(t *testing.T) {
	listing := func(name, endpoints string) configs.Switch {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/ari/endpoints/PJSIP" {
				t.Errorf("asked for %s", r.URL.Path)
			}
			fmt.Fprint(w, endpoints)
		}))
		t.Cleanup(server.Close)
		return configs.Switch{Name: name, Kind: configs.SwitchAsterisk, URL: server.URL + "/ari"}
	}
	one := listing("bj1", `[{"resource":"an","state":"online"},{"resource":"bo","state":"offline"},{"resource":"ci","state":"offline"},{"resource":"visitor","state":"online"}]`)
	two := listing("sh1", `[{"resource":"an","state":"offline"},{"resource":"bo","state":"online"},{"resource":"ci","state":"offline"}]`)
	gone := configs.Switch{Name: "gz1", Kind: configs.SwitchAsterisk, URL: "http://127.0.0.1:1/ari"}
	desk := configs.Switch{Name: "desk", Kind: configs.SwitchEmbedded}

	if found := diagnosePhones(t.Context(), []configs.Switch{one, gone, desk}); len(found) != 0 {
		t.Errorf("with one switch there is nothing to compare: %+v", found)
	}
	want := []diagnosis{
		{part: "switch bj1 phones", good: true, detail: "2 registered; at another switch only, so no call of this one reaches them: bo"},
		{part: "switch sh1 phones", good: true, detail: "1 registered; at another switch only, so no call of this one reaches them: an"},
	}
	if found := diagnosePhones(t.Context(), []configs.Switch{one, gone, desk, two}); !slices.Equal(found, want) {
		t.Errorf("found %+v", found)
	}
	if said := whereRegistered(0, []string{"g", "f", "e", "d", "c", "b", "a"}); said != "0 registered; at another switch only, so no call of this one reaches them: a, b, c, d, e and 2 more" {
		t.Error(said)
	}
}
