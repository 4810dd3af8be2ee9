package configs

import (
	"fmt"
	"net"
	"strconv"
	"time"
)

const turnMend = "write turn:turn.example.com:3478?transport=udp, or turns:…:5349?transport=tcp for TLS"

// ice checks what browsers are told to ask. A mistake here is silent otherwise: calls work in the office and nowhere else.
func (k *checker) ice(c ICE) {
	for i, at := range c.STUN {
		if key := fmt.Sprintf("ice.stun[%d]", i); !hostPort(at) {
			k.bad(key, "write host:port, e.g. stun.example.com:3478", "%s is no address of a STUN server", quoteShort(at))
		}
	}
	for i, uri := range c.TURN {
		key := fmt.Sprintf("ice.turn[%d]", i)
		parts := turnURI.FindStringSubmatch(uri)
		switch {
		case parts == nil || !hostPort(parts[2]):
			k.bad(key, turnMend, "%s is no TURN server (RFC 7065)", quoteShort(uri))
		case parts[1] == "turns" && parts[3] == "udp":
			k.bad(key, turnMend, "%s: browsers speak TLS over TCP alone", quoteShort(uri))
		}
	}
	k.secret("ice", "secret", c.Secret, c.SecretFile, len(c.TURN) > 0)
	switch {
	case (c.Secret != "" || c.SecretFile != "") && len(c.TURN) == 0:
		k.bad("ice.turn", "name the TURN servers, or remove the secret", "is empty, but there is a secret for it")
	case c.Secret != "" && len(c.Secret) < 16:
		k.bad("ice.secret", "use at least 16 characters", "is %d characters long", len(c.Secret))
	}
	k.between("ice.lifetime", c.Lifetime, 5*time.Minute, 24*time.Hour)
}

func hostPort(at string) bool {
	host, port, err := net.SplitHostPort(at)
	if err != nil || host == "" {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}
