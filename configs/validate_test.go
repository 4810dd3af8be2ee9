package configs

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestValidateNamesTheKey(t *testing.T) {
	second := func(c *Config) *Queue {
		q := c.Queues[0]
		q.Name, q.Overflow = "second", nil
		c.Queues = append(c.Queues, q)
		return &c.Queues[1]
	}
	to := func(queue string) []Overflow { return []Overflow{{When: WhenMaxWait, Do: DoQueue, Queue: queue}} }
	tests := []struct {
		name string
		edit func(c *Config)
		key  string // of the only problem; "" = none
	}{
		{"default", func(*Config) {}, ""},
		{"time zone", func(c *Config) { c.Timezone = "" }, "timezone"},
		{"listen", func(c *Config) { c.HTTP.Listen = "8080" }, "http.listen"},
		{"port", func(c *Config) { c.HTTP.Listen = "127.0.0.1:99999" }, "http.listen"},
		{"any port", func(c *Config) { c.HTTP.Listen = "127.0.0.1:0" }, ""},
		{"digest", func(c *Config) { c.Digest.Every = "" }, ""},
		{"digest period", func(c *Config) { c.Digest.Every = "year" }, "digest.every"},
		{"digest time", func(c *Config) { c.Digest.At = "8 o'clock" }, "digest.at"},
		{"vault limit", func(c *Config) { c.Vault.Limit = time.Second }, "vault.limit"},
		{"vault ceiling", func(c *Config) { c.Vault.Ceiling = time.Hour }, "vault.ceiling"},
		{"two master keys", func(c *Config) { c.Vault.Key, c.Vault.KeyFile = "x", "y" }, "vault.key"},
		{"probe", func(c *Config) { c.Probe.Allow = []ProbeTarget{{"203.0.113.0/24", "22,5900-5910"}, {"*", "443"}} }, ""},
		{"probe network", func(c *Config) { c.Probe.Allow = []ProbeTarget{{"203.0.113.1/24", "22"}} }, "probe.allow[0]"},
		{"probe port", func(c *Config) { c.Probe.Allow = []ProbeTarget{{"*", "ssh"}} }, "probe.allow[0]"},
		{"probe timeout", func(c *Config) { c.Probe.Timeout = 0 }, "probe.timeout"},
		{"open without TLS", func(c *Config) { c.HTTP.Listen = ":8080" }, "http.listen"},
		{"open with TLS", func(c *Config) { c.HTTP = HTTP{Listen: ":8080", TLS: TLS{CertFile: "a", KeyFile: "b"}} }, ""},
		{"behind a proxy", func(c *Config) { c.HTTP = HTTP{Listen: ":8080", PublicURL: "https://h.example"} }, ""},
		{"half TLS", func(c *Config) { c.HTTP.TLS.KeyFile = "b" }, "http.tls"},
		{"redis scheme", func(c *Config) { c.Redis.URL = "http://x" }, "redis.url"},
		{"redis host", func(c *Config) { c.Redis.URL = "redis:///0" }, "redis.url"},
		{"redis socket", func(c *Config) { c.Redis.URL = "unix:///run/redis.sock" }, ""},
		{"redis mode", func(c *Config) { c.Redis.Mode = "maybe" }, "redis.mode"},
		{"redis tag", func(c *Config) { c.Redis.Prefix = "{hotline}" }, "redis.prefix"},
		{"no data", func(c *Config) { c.Data.Dir = " " }, "data.dir"},
		{"no switch", func(c *Config) { c.Switches = nil }, "switches"},
		{"too many switches", func(c *Config) {
			asterisk(c)
			for i := range maxSwitches {
				s := c.Switches[0]
				s.Name = fmt.Sprint("s", i)
				c.Switches = append(c.Switches, s)
			}
		}, "switches"},
		{"switch name", func(c *Config) { c.Switches[0].Name = "Main-1" }, "switches[0].name"},
		{"switch twice", func(c *Config) { asterisk(c); c.Switches = append(c.Switches, c.Switches[0]) }, "switches[1].name"},
		{"ARI in the clear", func(c *Config) { asterisk(c); c.Switches[0].URL = "http://pbx.example:8088/ari" }, "switches[0].url"},
		{"ARI over TLS", func(c *Config) { asterisk(c); c.Switches[0].URL = "https://pbx.example/ari" }, ""},
		{"two embedded switches", func(c *Config) {
			c.Switches = append(c.Switches, c.Switches[0])
			c.Switches[1].Name = "other"
		}, "switches[1].kind"},
		{"a password for no Asterisk", func(c *Config) { c.Switches[0].PasswordFile = "f" }, "switches[0].kind"},
		{"browsers alone", func(c *Config) { c.Switches[0].Bind = "" }, ""},
		{"embedded switch's address", func(c *Config) { c.Switches[0].Bind = "pbx:5060" }, "switches[0].bind"},
		{"no password", func(c *Config) { asterisk(c); c.Switches[0].PasswordFile = "" }, "switches[0].password"},
		{"two passwords", func(c *Config) { asterisk(c); c.Switches[0].Password = "x" }, "switches[0].password"},
		{"application", func(c *Config) { asterisk(c); c.Switches[0].Application = "a,b" }, "switches[0].application"},
		{"user", func(c *Config) { asterisk(c); c.Switches[0].User = "a:b" }, "switches[0].user"},
		{"NAT without networks", func(c *Config) { c.Asterisk.ExternalAddress = "203.0.113.1" }, "asterisk.local_networks"},
		{"few ports", func(c *Config) { c.Asterisk.RTPLast = c.Asterisk.RTPFirst }, "asterisk.rtp_last"},
		{"SIP by name", func(c *Config) { c.Asterisk.SIPBind = "localhost:5060" }, "asterisk.sip_bind"},
		{"ARI open to all", func(c *Config) { c.Asterisk.HTTPBind = "0.0.0.0:8088" }, "asterisk.http_bind"},
		{"a leg for everybody", func(c *Config) { c.Asterisk.Standby = 51 }, "asterisk.standby"},
		{"no time for voice", func(c *Config) { c.Asterisk.NoVoice = time.Second }, "asterisk.no_voice"},
		{"parts of a second", func(c *Config) { c.Asterisk.Watchdog = 1500 * time.Millisecond }, "asterisk.watchdog"},
		{"trunk name", func(c *Config) { c.Asterisk.Trunks = []Trunk{{"A_b", []string{"192.0.2.1"}}} }, "asterisk.trunks[0].name"},
		{"STUN", func(c *Config) { c.ICE.STUN = []string{"stun:stun.example:3478"} }, "ice.stun[0]"},
		{"TURN", func(c *Config) {
			c.ICE = ICE{TURN: []string{"turn:[2001:db8::1]:3478?transport=udp", "turns:t.example:5349?transport=tcp", "turn:t.example:3478"}, SecretFile: "f", Lifetime: time.Hour}
		}, ""},
		{"TURN by URL", func(c *Config) { c.ICE.TURN, c.ICE.SecretFile = []string{"turn://t.example:3478"}, "f" }, "ice.turn[0]"},
		{"TURN without port", func(c *Config) { c.ICE.TURN, c.ICE.SecretFile = []string{"turn:t.example"}, "f" }, "ice.turn[0]"},
		{"TURN with a user in it", func(c *Config) { c.ICE.TURN, c.ICE.SecretFile = []string{"turn:u@t.example:3478"}, "f" }, "ice.turn[0]"},
		{"TURN over DTLS", func(c *Config) { c.ICE.TURN, c.ICE.SecretFile = []string{"turns:t.example:5349?transport=udp"}, "f" }, "ice.turn[0]"},
		{"TURN without secret", func(c *Config) { c.ICE.TURN = []string{"turn:t.example:3478"} }, "ice.secret"},
		{"a short TURN secret", func(c *Config) { c.ICE.TURN, c.ICE.Secret = []string{"turn:t.example:3478"}, "short" }, "ice.secret"},
		{"a secret for no TURN", func(c *Config) { c.ICE.SecretFile = "f" }, "ice.turn"},
		{"TURN for a moment", func(c *Config) { c.ICE.Lifetime = time.Minute }, "ice.lifetime"},
		{"hand-over", func(c *Config) { c.Queues[0].HandOverTime = 0 }, "queues[0].handover_time"},
		{"wallboard", func(c *Config) { c.Wallboard.ShareBelow = 101 }, "wallboard.share_below"},
		{"wallboard wait", func(c *Config) { c.Wallboard.LongestWait = -time.Second }, "wallboard.longest_wait"},
		{"proxy", func(c *Config) { c.HTTP.TrustedProxies = []string{"10.0.0.5"} }, "http.trusted_proxies[0]"},
		{"any proxy", func(c *Config) { c.HTTP.TrustedProxies = []string{"::/0"} }, "http.trusted_proxies[0]"},
		{"staff target", func(c *Config) { c.Queues[0].StaffTarget = 100 }, "queues[0].staff_target"},
		{"language", func(c *Config) { c.Asterisk.SoundsLanguage = "../x" }, "asterisk.sounds_language"},
		{"trunk open to all", func(c *Config) { c.Asterisk.Trunks = []Trunk{{"a", []string{"0.0.0.0/0"}}} }, "asterisk.trunks[0].addresses[0]"},
		{"trunks overlap", func(c *Config) {
			c.Asterisk.Trunks = []Trunk{{"a", []string{"192.0.2.1"}}, {"b", []string{"192.0.2.1/32"}}}
		}, "asterisk.trunks[1].addresses[0]"},
		{"trunk by name", func(c *Config) { c.Asterisk.Trunks = []Trunk{{"a", []string{"sip.example"}}} }, "asterisk.trunks[0].addresses[0]"},
		{"no hotline", func(c *Config) { c.Hotlines = nil }, "hotlines"},
		{"DID with plus", func(c *Config) { c.Hotlines[0].DIDs[0] = "+86400" }, "hotlines[0].dids[0]"},
		{"DID twice", func(c *Config) { c.Hotlines[0].DIDs = []string{"4001", "4001"} }, "hotlines[0].dids[1]"},
		{"no DID", func(c *Config) { c.Hotlines[0].DIDs = nil }, "hotlines[0].dids"},
		{"hotline without queue", func(c *Config) { c.Hotlines[0].Queue = "servcie" }, "hotlines[0].queue"},
		{"silent ring", func(c *Config) { c.Hotlines[0].Ring.On = 0 }, "hotlines[0].ring.on"},
		{"endless ring", func(c *Config) { c.Hotlines[0].Ring.Off = time.Minute }, "hotlines[0].ring.off"},
		{"region", func(c *Config) { c.Hotlines[0].Region = "cn" }, "hotlines[0].region"},
		{"no queue", func(c *Config) { c.Queues, c.Hotlines[0].Queue = nil, "" }, "hotlines[0].queue queues"},
		{"queue twice", func(c *Config) { second(c).Name = "service" }, "queues[1].name"},
		{"no title", func(c *Config) { c.Queues[0].Title.En = "" }, "queues[0].title.en"},
		{"strategy", func(c *Config) { c.Queues[0].Strategy = "random" }, "queues[0].strategy"},
		{"priority", func(c *Config) { c.Queues[0].Priority = 100 }, "queues[0].priority"},
		{"no ladder", func(c *Config) { c.Queues[0].Ladder = nil }, "queues[0].ladder"},
		{"ladder starts late", func(c *Config) { c.Queues[0].Ladder = c.Queues[0].Ladder[1:] }, "queues[0].ladder[0].ring"},
		{"ladder not sorted", func(c *Config) { c.Queues[0].Ladder[2].Ring = 1 }, "queues[0].ladder[2].ring"},
		{"ladder after the promise", func(c *Config) { c.Queues[0].Ladder[3].Ring = 4 }, "queues[0].ladder[3].ring"},
		{"ladder for fewer rings", func(c *Config) { c.Hotlines[0].Rings = 2 }, "queues[0].ladder[2].ring queues[0].ladder[3].ring"},
		{"ladder rings nobody known", func(c *Config) { c.Queues[0].Ladder[0].Who = "anyone" }, "queues[0].ladder[0].who"},
		{"ladder team", func(c *Config) { c.Queues[0].Ladder[0].Who, c.Queues[0].Ladder[0].Team = WhoTeam, "x" }, "queues[0].ladder[0].team"},
		{"ring no answer", func(c *Config) { c.Queues[0].RingNoAnswer = 0 }, "queues[0].ring_no_answer"},
		{"negative wait", func(c *Config) { c.Queues[0].MaxWait = -1 }, "queues[0].max_wait"},
		{"overflow to nowhere", func(c *Config) { c.Queues[0].Overflow = to("x") }, "queues[0].overflow[0].queue"},
		{"overflow to itself", func(c *Config) { c.Queues[0].Overflow = to("service") }, "queues[0].overflow"},
		{"overflow in a circle", func(c *Config) { second(c).Overflow = to("service"); c.Queues[0].Overflow = to("second") }, "queues[0].overflow queues[1].overflow"},
		{"overflow on", func(c *Config) { second(c); c.Queues[0].Overflow = to("second") }, ""},
		{"overflow rule twice", func(c *Config) { c.Queues[0].Overflow[1].When = WhenNoAgents }, "queues[0].overflow[1].when"},
		{"message without media", func(c *Config) { c.Queues[0].Overflow[1].Media = "" }, "queues[0].overflow[1].media"},
		{"media from the network", func(c *Config) { c.Queues[0].Overflow[1].Media = "http://x/y" }, "queues[0].overflow[1].media"},
		{"team title", func(c *Config) { c.Teams = []Team{{Name: "a", Title: Text{En: "A"}}} }, "teams[0].title.zh"},
		{"region twice", func(c *Config) {
			c.Centres = []ServiceCentre{{"a", Text{"甲", "A"}, []string{"广东"}, ""}, {"b", Text{"乙", "B"}, []string{"广东"}, ""}}
		}, "service_centres[1].regions[0]"},
		{"no calendar", func(c *Config) { c.Calendars.Default = "" }, "calendars.default"},
		{"calendar's name", func(c *Config) { c.Centres = []ServiceCentre{{"a", Text{"甲", "A"}, nil, "中 国"}} }, "service_centres[0].calendar"},
		{"system's reason", func(c *Config) { c.PauseReasons[0].Code = "desk-lost" }, "pause_reasons[0].code"},
		{"no reasons", func(c *Config) { c.PauseReasons = nil }, "pause_reasons"},
		{"no reasons to decline", func(c *Config) { c.DeclineReasons = nil }, "decline_reasons"},
		{"reason to decline twice", func(c *Config) { c.DeclineReasons[1].Code = "busy" }, "decline_reasons[1].code"},
		{"return time", func(c *Config) { c.Queues[0].ReturnTime = time.Hour }, "queues[0].return_time"},
		{"department twice", func(c *Config) { c.Departments[1].Code = "sales" }, "departments[1].code"},
		{"department of no service", func(c *Config) { c.Departments[2].Service = "remote" }, "departments[2].service"},
		{"product twice", func(c *Config) { c.Products[1].Code = "software" }, "products[1].code"},
		{"category twice", func(c *Config) { c.Products[0].Categories[1].Code = "login" }, "products[0].categories[1].code"},
		{"category in one language", func(c *Config) { c.Products[0].Categories[0].En = "" }, "products[0].categories[0].en"},
		{"no products", func(c *Config) { c.Products, c.Templates = nil, nil }, ""},
		{"template of no product", func(c *Config) { c.Templates[1].Product = "hardware" }, "case_templates[1].product"},
		{"template of another's category", func(c *Config) { c.Templates[1].Product = "system" }, "case_templates[1].category"},
		{"template without text", func(c *Config) { c.Templates[0].Text.Zh = "" }, "case_templates[0].text.zh"},
		{"template twice", func(c *Config) { c.Templates[1].Name = "fault" }, "case_templates[1].name"},
		{"response time", func(c *Config) { c.Escalations.Onsite = 0 }, "escalations.onsite_response"},
		{"webhook unsigned", func(c *Config) { c.Webhook.URL = "https://x.example" }, "webhook.secret"},
		{"webhook in the clear", func(c *Config) { c.Webhook.URL, c.Webhook.SecretFile = "http://x.example", "f" }, "webhook.url"},
		{"short secret", func(c *Config) { c.Webhook.Secret = "short" }, "webhook.secret"},
		{"greeting", func(c *Config) { c.Greeting.Zh = "" }, "greeting.zh"},
		{"idle longer than life", func(c *Config) { c.Security.SessionIdle = 13 * time.Hour }, "security.session_idle"},
		{"attempts", func(c *Config) { c.Security.LoginAttempts = 0 }, "security.login_attempts"},
		{"desk", func(c *Config) { c.Desk.Timeout = time.Second }, "desk.timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Default()
			tt.edit(&c)
			err := c.Validate()
			var keys []string
			if ps, ok := err.(Problems); ok {
				for _, p := range ps {
					keys = append(keys, p.Key)
					if p.What == "" || p.Mend == "" {
						t.Errorf("%v: no word on what is wrong or how to mend it", p)
					}
				}
			}
			if got := strings.Join(keys, " "); got != tt.key {
				t.Errorf("Validate = %v\nwant problems with %q", err, tt.key)
			}
		})
	}
}

// asterisk makes the first switch an Asterisk.
func asterisk(c *Config) {
	c.Switches[0].Kind, c.Switches[0].PasswordFile = SwitchAsterisk, "data/ari.secret"
}
