package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"hotline/configs"
)

// maxSkew is how far an Asterisk's clock may be from ours: ring 1 is told by its clock, and rings are counted by it. Its
// Date header has whole seconds.
const maxSkew = 2 * time.Second

// neededModules are those whose absence breaks the hotline in a way that is hard to see.
func neededModules() []string {
	return []string{
		"app_stasis.so", "bridge_simple.so", "bridge_softmix.so", "chan_pjsip.so", "res_ari_applications.so",
		"res_ari_asterisk.so", "res_ari_bridges.so", "res_ari_channels.so", "res_ari_endpoints.so", "res_ari_events.so",
		"res_musiconhold.so", "res_pjsip_authenticator_digest.so", "res_pjsip_registrar.so", "res_pjsip_session.so",
		"res_rtp_asterisk.so", "res_sorcery_astdb.so", "res_stasis_playback.so",
	}
}

// ari asks one Asterisk over its REST interface.
type ari struct {
	at     configs.Switch
	client *http.Client
}

// errARIStatus is an answer that is none of the expected.
type errARIStatus int

func (e errARIStatus) Error() string { return fmt.Sprintf("answers HTTP %d", int(e)) }

// diagnoseARI examines one Asterisk: reachable, password, version, clock, modules, and who serves our application.
func diagnoseARI(ctx context.Context, s configs.Switch) []diagnosis {
	part := "switch " + s.Name
	transport := &http.Transport{DisableKeepAlives: true}
	a := ari{at: s, client: &http.Client{Transport: transport}}
	var info struct {
		System struct{ Version string }
	}
	head, err := a.get(ctx, "/asterisk/info", &info)
	if err != nil {
		return []diagnosis{{part: part, detail: err.Error(), mend: ariRemedy(s, err)}}
	}
	found := []diagnosis{asteriskVersion(part, info.System.Version)}
	found = append(found, clockSkew(part, head, time.Now())...)
	var modules []struct{ Name, Status string }
	if _, err := a.get(ctx, "/asterisk/modules", &modules); err != nil {
		found = append(found, diagnosis{part: part + " modules", detail: err.Error(), mend: "load res_ari_asterisk.so"})
	} else {
		running := map[string]bool{}
		for _, m := range modules {
			running[m.Name] = m.Status == "Running"
		}
		found = append(found, missingModules(part, running))
	}
	return append(found, a.application(ctx, part))
}

// application says who is connected as our application. Nobody is in order while the server is stopped.
func (a ari) application(ctx context.Context, part string) diagnosis {
	part += " application " + a.at.Application
	var app struct {
		Allowed    []struct{ Type string } `json:"events_allowed"`
		Disallowed []struct{ Type string } `json:"events_disallowed"`
	}
	_, err := a.get(ctx, "/applications/"+a.at.Application, &app)
	var status errARIStatus
	switch {
	case errors.As(err, &status) && status == http.StatusNotFound:
		return diagnosis{part: part, good: true, detail: "no controller is connected now; callers ring agents through the dialplan"}
	case err != nil:
		return diagnosis{part: part, detail: err.Error(), mend: "look into Asterisk's log"}
	case len(app.Allowed)+len(app.Disallowed) == 0:
		return diagnosis{
			part: part, detail: "a controller is connected without an event filter: 52 events a call instead of 8",
			mend: "is another program connected as this application? Ours sets the filter when it connects",
		}
	}
	return diagnosis{part: part, good: true, detail: "a controller is connected, event filter on"}
}

// get reads one answer into out and gives its headers.
func (a ari) get(ctx context.Context, path string, out any) (http.Header, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(a.at.URL, "/")+path, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	request.SetBasicAuth(a.at.User, a.at.Password)
	response, err := a.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("cannot be reached: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, errARIStatus(response.StatusCode)
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 4<<20)).Decode(out); err != nil {
		return nil, fmt.Errorf("answers, but not as ARI does: %w", err)
	}
	return response.Header, nil
}

func asteriskVersion(part, version string) diagnosis {
	major, _, _ := strings.Cut(version, ".")
	if major != "20" && major != "22" {
		return diagnosis{part: part, detail: "is Asterisk " + version, mend: "install Asterisk 22 or 20 (long-term support)"}
	}
	return diagnosis{part: part, good: true, detail: "answers, Asterisk " + version}
}

func clockSkew(part string, head http.Header, now time.Time) []diagnosis {
	theirs, err := http.ParseTime(head.Get("Date"))
	if err != nil {
		return nil // an Asterisk that tells no time cannot be compared
	}
	part += " clock"
	// The header's second began up to one second before it was sent.
	if skew := now.Sub(theirs); skew > maxSkew+time.Second || skew < -maxSkew {
		return []diagnosis{{
			part: part, detail: fmt.Sprintf("is %v from ours: rings would be counted wrongly", skew.Round(time.Second).Abs()),
			mend: "run a time service (chrony, systemd-timesyncd) on both machines",
		}}
	}
	return []diagnosis{{part: part, good: true, detail: "agrees with ours"}}
}

func missingModules(part string, running map[string]bool) diagnosis {
	part += " modules"
	var missing []string
	for _, name := range neededModules() {
		if !running[name] {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return diagnosis{
			part: part, detail: "not running: " + strings.Join(missing, ", "),
			mend: "write the configuration anew with `hotline asterisk-config` and restart Asterisk",
		}
	}
	return diagnosis{part: part, good: true, detail: "all there"}
}

func ariRemedy(s configs.Switch, err error) string {
	var status errARIStatus
	switch {
	case errors.As(err, &status) && (status == http.StatusUnauthorized || status == http.StatusForbidden):
		return fmt.Sprintf("user %s or its password is not the one in ari.conf", s.User)
	case errors.As(err, &status) && status == http.StatusNotFound:
		return "the URL must end in /ari, and res_ari.so must run"
	case errors.Is(err, context.DeadlineExceeded):
		return "it did not answer in time: check the address and firewalls"
	}
	return fmt.Sprintf("start Asterisk, or set the switch's url (%s) to where its HTTP server listens", s.URL)
}
