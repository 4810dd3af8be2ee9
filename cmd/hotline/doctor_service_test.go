package main

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"hotline/configs"
)

// What services need is found wanting before a customer finds it: each with what to do.
func TestDoctorService(t *testing.T) {
	host, port, _ := net.SplitHostPort(closedAddress(t))
	number, _ := strconv.Atoi(port)
	for name, tt := range map[string]struct {
		change func(*configs.Config)
		part   string
		good   bool
		says   string
	}{
		"no mail": {func(*configs.Config) {}, "mail", true, "stay in the app"},
		"mail away": {func(c *configs.Config) {
			c.Mail.Host, c.Mail.Port, c.Mail.TLS, c.Mail.From = host, number, "none", "a@example.com"
		}, "mail", false, "reach"},
		"no vault yet":   {func(*configs.Config) {}, "vault", true, "not there yet"},
		"open key":       {func(c *configs.Config) { c.Vault.KeyFile = keyFile(t, "AGE-SECRET-KEY-1", 0o644) }, "vault", false, "read by others"},
		"no key":         {func(c *configs.Config) { c.Vault.KeyFile = keyFile(t, "hello", 0o600) }, "vault", false, ""},
		"probes nothing": {func(*configs.Config) {}, "probe", true, "cannot be checked from here"},
		"probes wrongly": {func(c *configs.Config) {
			c.Probe.Allow = []configs.ProbeTarget{{Target: "203.0.113.7/24", Ports: "443"}}
		}, "probe", false, "behind its mask"},
		"no link yet":   {func(*configs.Config) {}, "links' key", true, "not there yet"},
		"open link key": {func(c *configs.Config) { c.Links.KeyFile = keyFile(t, strings.Repeat("ab", 32), 0o640) }, "links' key", false, "read by others"},
		"no link key":   {func(c *configs.Config) { c.Links.KeyFile = keyFile(t, "hello", 0o600) }, "links' key", false, "64 hexadecimal"},
		"link key":      {func(c *configs.Config) { c.Links.KeyFile = keyFile(t, strings.Repeat("ab", 32), 0o600) }, "links' key", true, "signs"},
		"at home":       {func(*configs.Config) {}, "customers' links", true, "this machine alone"},
		"in the clear":  {func(c *configs.Config) { c.HTTP.PublicURL = "http://hotline.example.com" }, "customers' links", false, "unprotected"},
		"as it should":  {func(c *configs.Config) { c.HTTP.PublicURL = "https://hotline.example.com" }, "customers' links", true, "https://hotline.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := configs.Default()
			cfg.Data.Dir = t.TempDir()
			tt.change(&cfg)
			d, ok := diagnosed(diagnoseService(t.Context(), cfg), tt.part)
			if !ok || d.good != tt.good || !strings.Contains(d.detail, tt.says) || d.good != (d.mend == "") {
				t.Errorf("found %+v", d)
			}
			if left, err := os.ReadDir(cfg.Data.Dir); err != nil || len(left) > 1 {
				t.Errorf("the doctor left %v %v", left, err)
			}
		})
	}
	if d := diagnoseDisk(lowSpace - 1); d.good || d.mend == "" {
		t.Errorf("a full disk: %+v", d)
	}
}

func keyFile(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "vault.key")
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return file
}
