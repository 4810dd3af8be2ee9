package main

import (
	"context"
	"crypto/md5" //nolint:gosec // SIP's digest (RFC 2617)
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"strings"

	"hotline/pbx"
)

// visitors is the account by which customers call from a browser through a switch that needs one. Its secret lives as long as
// this process and is told to nobody but the pages of callers; each controller has an account of its own.
type visitors struct {
	account pbx.VisitorAccount
	lines   map[string]pbx.Visitors // switches that have such accounts; none when browser callers are not allowed
	log     *slog.Logger
}

func newVisitors(node string, allowed bool, lines switches, log *slog.Logger) *visitors {
	name := "visitor-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(node))
	name = name[:min(len(name), len("visitor-")+24)]
	sum := md5.Sum([]byte(name + ":" + pbx.Realm + ":" + rand.Text())) //nolint:gosec // see the import
	v := &visitors{account: pbx.VisitorAccount{Name: name, HA1: hex.EncodeToString(sum[:])}, lines: map[string]pbx.Visitors{}, log: log}
	for name, sw := range lines {
		if driver, ok := sw.(pbx.Visitors); ok && allowed {
			v.lines[name] = driver
		}
	}
	return v
}

// put makes the account on a switch that has just connected. The next connection tries again what failed.
func (v *visitors) put(ctx context.Context, name string) {
	driver, ok := v.lines[name]
	if !ok {
		return
	}
	if err := driver.PutVisitor(ctx, v.account); err != nil {
		v.log.Warn("customers cannot call from a browser through this switch now", "switch", name, "error", err)
	}
}
