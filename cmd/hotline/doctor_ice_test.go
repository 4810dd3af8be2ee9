package main

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"hotline/configs"
	"hotline/pbx/pbxtest"
)

// TestDoctorICE asks a real coturn: it tells our address, relays by the credentials that browsers get, over UDP and TCP, and refuses
// those of another secret. Servers that do not answer, or are none, are named with what to do, in the language of the locale.
func TestDoctorICE(t *testing.T) {
	coturn := pbxtest.StartTURN(t)
	closed := closedAddress(t)
	deaf, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { deaf.Close() })
	for name, tt := range map[string]struct {
		servers    configs.ICE
		good       bool
		says, mend bilingual
	}{
		"nothing": {configs.ICE{}, true, bilingual{"没有配置", "local network only"}, bilingual{}},
		"stun":    {configs.ICE{STUN: []string{coturn.Addr}}, true, bilingual{"我们的地址是 127.0.0.1:", "sees us at 127.0.0.1:"}, bilingual{}},
		"turn":    {configs.ICE{TURN: []string{"turn:" + coturn.Addr + "?transport=udp"}, Secret: coturn.Secret}, true, bilingual{"接受我们发放的凭据", "takes the credentials"}, bilingual{}},
		"turn over tcp": {
			configs.ICE{TURN: []string{"turn:" + coturn.Addr + "?transport=tcp"}, Secret: coturn.Secret}, true, bilingual{"中继地址", "relays at"}, bilingual{},
		},
		"another secret": {
			configs.ICE{TURN: []string{"turn:" + coturn.Addr + "?transport=udp"}, Secret: "not the one of the server"}, false, bilingual{"401", "401"}, bilingual{"static-auth-secret", "static-auth-secret"},
		},
		"stun away": {configs.ICE{STUN: []string{deaf.LocalAddr().String()}}, false, bilingual{"no answer", "no answer"}, bilingual{"防火墙", "firewalls"}},
		"turn away": {
			configs.ICE{TURN: []string{"turn:" + closed + "?transport=tcp"}, Secret: coturn.Secret}, false, bilingual{"refused", "refused"}, bilingual{"防火墙", "firewalls"},
		},
		"no TLS there": {
			configs.ICE{TURN: []string{"turns:" + coturn.Addr + "?transport=tcp"}, Secret: coturn.Secret}, false, bilingual{}, bilingual{"检查 ice:", "check the address"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := configs.Default()
			cfg.ICE = tt.servers
			cfg.ICE.Lifetime = time.Hour
			for _, zh := range []bool{true, false} {
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				d, ok := diagnosed(diagnoseICE(ctx, cfg, zh), "ice")
				cancel()
				if !ok || d.good != tt.good || !strings.Contains(d.detail, tt.says.in(zh)) || !strings.Contains(d.mend, tt.mend.in(zh)) || d.good != (d.mend == "") {
					t.Errorf("found %+v", d)
				}
			}
		})
	}
}

// TestDoctorLanguage: the locale decides, and the first variable that is set.
func TestDoctorLanguage(t *testing.T) {
	for _, tt := range []struct {
		environ []string
		zh      bool
	}{
		{nil, false},
		{[]string{"LANG=zh_CN.UTF-8"}, true},
		{[]string{"LANG=en_GB.UTF-8", "LC_MESSAGES=zh_CN.UTF-8"}, true},
		{[]string{"LANG=zh_CN.UTF-8", "LC_ALL=C"}, false},
		{[]string{"LANG=zh_CN.UTF-8", "LC_ALL="}, true},
	} {
		if readsChinese(tt.environ) != tt.zh {
			t.Errorf("%v", tt.environ)
		}
	}
}
