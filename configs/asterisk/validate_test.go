package asterisk

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestValidateNamesTheFault changes one thing of a good plan at a time.
func TestValidateNamesTheFault(t *testing.T) {
	ha1 := strings.Repeat("0", 32)
	for want, spoil := range map[string]func(*Plan){
		"Name":                 func(p *Plan) { p.Name = "East-1" },
		"Language":             func(p *Plan) { p.Language = "en\nfoo=1" },
		"Application":          func(p *Plan) { p.Application = "hot,line" },
		"section of ari.conf":  func(p *Plan) { p.ARIUser = "general" },
		"ARIPassword":          func(p *Plan) { p.ARIPassword = "short" },
		"EtcDir":               func(p *Plan) { p.EtcDir = "etc" },
		"loopback":             func(p *Plan) { p.HTTP = "0.0.0.0:8088" },
		"HTTP":                 func(p *Plan) { p.HTTP = "localhost" },
		"SIP":                  func(p *Plan) { p.SIP = "5060" },
		"External":             func(p *Plan) { p.External = "example.org" },
		"LocalNets":            func(p *Plan) { p.LocalNets = []string{"10.0.0.0"} },
		"STUN":                 func(p *Plan) { p.STUN = "stun" },
		"RTP ports":            func(p *Plan) { p.RTPStart, p.RTPEnd = 20000, 20001 },
		"MaxCalls":             func(p *Plan) { p.MaxCalls = -1 },
		"Watchdog":             func(p *Plan) { p.Watchdog = 1500 * time.Millisecond },
		"FallbackRing":         func(p *Plan) { p.FallbackRing = -time.Second },
		"FallbackLimit":        func(p *Plan) { p.FallbackLimit = time.Millisecond },
		"FallbackPhones":       func(p *Plan) { p.FallbackPhones = 101 },
		"Goodbye":              func(p *Plan) { p.Goodbye = "bye&tt-monkeys" },
		"Ringback.Hz":          func(p *Plan) { p.Ringback.Hz = 50 },
		"Ringback.Off":         func(p *Plan) { p.Ringback.Off = time.Microsecond },
		"trunk name":           func(p *Plan) { p.Trunks[0].Name = "a]b" },
		`"carrier" is used`:    func(p *Plan) { p.Trunks[1].Name = "carrier" },
		"needs at least one":   func(p *Plan) { p.Trunks[0].Addresses = nil },
		"IP address or a netw": func(p *Plan) { p.Trunks[0].Addresses = []string{"sip.example.org"} },
		"codec":                func(p *Plan) { p.Trunks[0].Codecs = []string{"alaw,ulaw"} },
		`DID "+8640"`:          func(p *Plan) { p.DIDs = []string{"+8640"} },
		`"4008001234" is used`: func(p *Plan) { p.DIDs = append(p.DIDs, "4008001234") },
		`"95012" is used`:      func(p *Plan) { p.Baseline.DialDID = "95012" },
		`phone "500&PJSIP/t"`:  func(p *Plan) { p.Phones[0].Name = "500&PJSIP/t" },
		`phone "trunk-x"`:      func(p *Plan) { p.Phones[0].Name = "trunk-x" },
		"HA1":                  func(p *Plan) { p.Phones[0].HA1 = "secret" },
		`"desk" is used`:       func(p *Plan) { p.Phones[1] = Phone{Name: "desk", HA1: ha1} },
		"Baseline needs":       func(p *Plan) { p.Baseline.Phones = nil },
		`phone "A"`:            func(p *Plan) { p.Baseline.Phones = []string{"A"} },
		`DID "50x"`:            func(p *Plan) { p.Baseline.Direct = map[string]string{"50x": "desk"} },
		`phone "B"`:            func(p *Plan) { p.Baseline.Direct = map[string]string{"5011": "B"} },
		`"5002" is used`:       func(p *Plan) { p.Baseline.LoneDID = "5002" },
		`phone "C&D"`:          func(p *Plan) { p.Baseline.LonePhone = "C&D" },
	} {
		plan, dir := full(), t.TempDir()
		spoil(&plan)
		_, err := Render(plan, dir)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want a fault with %q, got: %v", want, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: a refused plan left %v, %v", want, left, err)
		}
	}
}

func TestValidateNamesEveryFaultAtOnce(t *testing.T) {
	_, err := Render(Plan{Name: "A", HTTP: "x", DIDs: []string{"y"}}, t.TempDir())
	for _, want := range []string{"Name", "HTTP", "DID"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is missing in: %v", want, err)
		}
	}
}

// FuzzRender: whatever stands in a plan's texts, a file holds the sections and dialplan lines that the plan asks for and
// none that a text smuggled in.
func FuzzRender(f *testing.F) {
	for _, s := range []string{"x", "4001", "a\n[evil]", "a]b", "${SHELL(id)}", ";", "a,b", "\x00", "1\nexten => _X.,1,System(id)"} {
		f.Add(s)
	}
	comment := regexp.MustCompile(`(?m)^;.*$`)
	section := regexp.MustCompile(`(?m)^\s*\[([^\]]*)\]`)
	known := regexp.MustCompile(`^(general|globals|options|logfiles|modules|global|hotline|default|res_pjsip|startup|featuremap|` +
		`declined_message_types|from-trunk|hotline-in|hotline-fallback|agents|baseline|transport-(udp|tcp|ws)|` +
		`agent|agent-webrtc|agent-auth|agent-aor|trunk-[a-z0-9-]+|[a-z0-9._-]+)$`)
	f.Fuzz(func(t *testing.T, s string) {
		for _, set := range []func(*Plan){
			func(p *Plan) { p.Name = s },
			func(p *Plan) { p.EtcDir = "/" + s },
			func(p *Plan) { p.Language = s },
			func(p *Plan) { p.Application = s },
			func(p *Plan) { p.ARIPassword = s },
			func(p *Plan) { p.STUN = s },
			func(p *Plan) { p.External = s },
			func(p *Plan) { p.Goodbye = s },
			func(p *Plan) { p.DIDs = []string{s} },
			func(p *Plan) { p.Trunks[0] = Trunk{Name: s, Addresses: []string{"192.0.2.1"}} },
			func(p *Plan) { p.Trunks[0].Addresses = []string{s} },
			func(p *Plan) { p.Phones[0].Name = s },
		} {
			plan := full()
			set(&plan)
			plan = plan.withDefaults("/etc/asterisk")
			if plan.validate() != nil {
				continue
			}
			files, err := plan.files()
			if err != nil {
				t.Fatal(err)
			}
			for name, content := range files {
				if filepath.Ext(name) != ".conf" {
					continue
				}
				text := comment.ReplaceAllString(string(content), "")
				for _, found := range section.FindAllStringSubmatch(text, -1) {
					if !known.MatchString(found[1]) {
						t.Errorf("%q brings section %q into %s", s, found[1], name)
					}
				}
				for _, word := range []string{"System(", "SHELL(", "_X.,", "Originate(", "#exec", "#include"} {
					if strings.Contains(text, word) {
						t.Errorf("%q brings %q into %s", s, word, name)
					}
				}
			}
		}
	})
}
