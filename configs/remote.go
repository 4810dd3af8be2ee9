package configs

import (
	"fmt"
	"time"

	"hotline/records/linktoken"
	"hotline/records/probe"
)

// Vault is where customers' login information for remote sessions is kept, and for how long.
type Vault struct {
	Dir     string        `yaml:"dir"`      // data keys, one file a session; "" = vault in the data directory. Never backed up
	KeyFile string        `yaml:"key_file"` // master key; made when missing; "" = vault.key in the data directory
	Key     string        `yaml:"key"`      // the master key itself, instead of the file
	Limit   time.Duration `yaml:"limit"`    // a session that nobody closes ends by itself
	Ceiling time.Duration `yaml:"ceiling"`  // no service manager extends it beyond
}

// Links is what customers' links are signed with.
type Links struct {
	KeyFile string `yaml:"key_file"` // made when missing; "" = links.key in the data directory
	Key     string `yaml:"key"`      // the key itself, or "new,old", instead of the file
}

// Probe is how it is checked that a customer's port is open, and closed again.
type Probe struct {
	Timeout time.Duration `yaml:"timeout"` // of one connection
	Allow   []ProbeTarget `yaml:"allow"`   // nothing else is ever connected to
}

// ProbeTarget is one line of the list of what may be probed; records/probe.ParseRule says what can stand in it.
type ProbeTarget struct {
	Target string `yaml:"target"`
	Ports  string `yaml:"ports"`
}

// remote checks the vault and the list of what may be probed.
func (k *checker) remote(c Config) {
	k.between("vault.limit", c.Vault.Limit, time.Minute, 24*time.Hour)
	k.between("vault.ceiling", c.Vault.Ceiling, time.Minute, 7*24*time.Hour)
	if c.Vault.Limit > c.Vault.Ceiling {
		k.bad("vault.ceiling", "make it the longer of the two", "%v is shorter than limit (%v)", c.Vault.Ceiling, c.Vault.Limit)
	}
	if c.Vault.Key != "" && c.Vault.KeyFile != "" {
		k.bad("vault.key", "give key or key_file", "stands beside key_file")
	}
	if c.Links.Key != "" {
		if c.Links.KeyFile != "" {
			k.bad("links.key", "give key or key_file", "stands beside key_file")
		}
		if _, err := linktoken.Keys(c.Links.Key); err != nil {
			k.bad("links.key", "make one by: openssl rand -hex 32", "is no key of 64 hexadecimal digits, or two with a comma between")
		}
	}
	k.between("probe.timeout", c.Probe.Timeout, 100*time.Millisecond, 30*time.Second)
	for i, t := range c.Probe.Allow {
		if _, err := probe.ParseRule(t.Target, t.Ports); err != nil {
			k.bad(fmt.Sprintf("probe.allow[%d]", i), `write e.g. {target: 203.0.113.0/24, ports: "22,3389"} or {target: "*.example.com", ports: "443"}`, "%v", err)
		}
	}
}
