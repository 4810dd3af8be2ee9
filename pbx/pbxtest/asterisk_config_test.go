package pbxtest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hotline/configs/asterisk"
)

// TestConfigurationLoads shows that a real Asterisk takes every file we write without a word of complaint and runs every
// module we name.
func TestConfigurationLoads(t *testing.T) {
	plans := map[string]func(*asterisk.Plan){
		"plain": func(*asterisk.Plan) {},
		"everything": func(p *asterisk.Plan) {
			p.External, p.LocalNets, p.STUN = "203.0.113.7", []string{"127.0.0.0/8"}, "127.0.0.1:3478"
			p.Trunks = append(p.Trunks, asterisk.Trunk{Name: "second", Addresses: []string{"198.51.100.0/24"}})
			p.Phones = []asterisk.Phone{
				{Name: "desk", HA1: HA1("desk", "secret")}, {Name: "browser", HA1: HA1("browser", "secret"), WebRTC: true},
			}
			p.Baseline = &asterisk.Baseline{DialDID: "5001", QueueDID: "5002", Phones: []string{"desk", "browser"}}
		},
	}
	for name, adjust := range plans {
		t.Run(name, func(t *testing.T) {
			var plan asterisk.Plan
			a := StartAsterisk(t, AsteriskOptions{Adjust: func(p *asterisk.Plan) { adjust(p); plan = *p }})
			for line := range strings.Lines(a.Log()) {
				if strings.Contains(line, "WARNING") || strings.Contains(line, "ERROR") {
					t.Error(line)
				}
			}
			list, err := os.ReadFile(filepath.Join(a.etc(), "modules.conf"))
			if err != nil {
				t.Fatal(err)
			}
			modules := a.CLI("module show")
			for line := range strings.Lines(string(list)) {
				name, named := strings.CutPrefix(strings.TrimSpace(line), "load=")
				running := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` .* Running `)
				if named && !running.MatchString(modules) {
					t.Errorf("%s does not run", name)
				}
			}
			for _, trunk := range plan.Trunks {
				if out := a.CLI("pjsip show endpoint trunk-" + trunk.Name); !strings.Contains(out, "from-trunk") {
					t.Errorf("trunk %s is not there:\n%s", trunk.Name, out)
				}
			}
			for _, phone := range plan.Phones {
				out := a.CLI("pjsip show endpoint " + phone.Name)
				webrtc := strings.Contains(out, "webrtc                             : yes")
				if !strings.Contains(out, "ParameterName") || webrtc != phone.WebRTC {
					t.Errorf("phone %s, webrtc %v:\n%s", phone.Name, webrtc, out)
				}
			}
			if out := a.CLI("moh show files"); !strings.Contains(out, "hotline") {
				t.Errorf("no hold music:\n%s", out)
			}
		})
	}
}

// TestSeveralAsterisks shows that instances do not meet: each has its own addresses, database and channel ids.
func TestSeveralAsterisks(t *testing.T) {
	ctx := whileWaiting(t)
	first := StartAsterisk(t, AsteriskOptions{Name: "east"})
	second := StartAsterisk(t, AsteriskOptions{Name: "west"})
	agentPhone(t, first, "li", Behaviour{})
	err := NewPhone(t, PhoneOptions{
		User: "li", Secret: "secret-of-li", NoRegister: true, Server: second.SIPAddr, IP: second.PhoneIP,
	}).Register(ctx)
	if statusOf(err) != 401 {
		t.Errorf("an account of the first is known to the second: %v", err)
	}
	for _, a := range []*Asterisk{first, second} {
		controller := connectController(t, a)
		dial(ctx, t, trunkCaller(t, a, "13800138000"), "4001", DialOptions{})
		arrived := controller.next(ctx, t)
		if !strings.HasPrefix(arrived.Channel.ID, a.Name+"-") || strings.ContainsAny(arrived.Channel.ID, "~/ ") {
			t.Errorf("channel id %q of %s", arrived.Channel.ID, a.Name)
		}
	}
}

// TestAttach points a test at an Asterisk that somebody else runs.
func TestAttach(t *testing.T) {
	ctx := whileWaiting(t)
	theirs := StartAsterisk(t, AsteriskOptions{})
	for name, value := range map[string]string{
		"HOTLINE_TEST_ARI_URL": theirs.ARIURL + "/", "HOTLINE_TEST_ARI_USER": theirs.ARIUser,
		"HOTLINE_TEST_ARI_PASSWORD": theirs.ARIPassword, "HOTLINE_TEST_SIP": theirs.SIPAddr,
		"HOTLINE_TEST_TRUNK_IP": theirs.TrunkIP, "HOTLINE_TEST_PHONE_IP": theirs.PhoneIP,
	} {
		t.Setenv(name, value)
	}
	ours := StartAsterisk(t, AsteriskOptions{})
	if ours.PID() != 0 || ours.HTTPAddr != theirs.HTTPAddr || len(ours.DIDs) == 0 {
		t.Errorf("attached to %+v", ours)
	}
	controller := connectController(t, ours)
	call := dial(ctx, t, trunkCaller(t, ours, "13800138000"), ours.DIDs[0], DialOptions{})
	if arrived := controller.next(ctx, t); arrived.Channel.Caller.Number != "13800138000" {
		t.Errorf("arrived as %+v", arrived)
	}
	if err := call.Cancel(ctx); err != nil {
		t.Error(err)
	}
	ours.Stop()
	if status, _ := theirs.ARI("GET", "/asterisk/info", nil); status != 200 {
		t.Error("attaching ended what is not ours")
	}
}
