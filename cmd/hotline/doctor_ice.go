package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pion/stun/v3"
	"github.com/pion/turn/v4"

	"hotline/configs"
	"hotline/web/ice"
)

// iceLogin is for whom the doctor's own credentials are made out: the TURN server's log names it.
const iceLogin = "doctor"

// iceMend says in both languages what to do; %s is the server.
var iceMend = map[string]bilingual{
	"unreached": {
		"检查 ice: 中的地址，以及防火墙是否放行该地址和端口（UDP 3478、TCP 5349 等）：%s",
		"check the address under ice:, and that firewalls let its port pass (UDP 3478, TCP 5349, …): %s",
	},
	"refused": {
		"使 ice.secret 与 TURN 服务器的 static-auth-secret 一致，并使两台机器的时钟一致：%s",
		"give ice.secret the value of the TURN server's static-auth-secret, and let both clocks agree: %s",
	},
	"full": {
		"TURN 服务器已到上限：提高 user-quota、total-quota 或端口范围：%s",
		"the TURN server is at its limit: raise user-quota, total-quota or its range of ports: %s",
	},
	"open": {
		"该服务器不要求凭据，任何人都能借用：启用 use-auth-secret 和 static-auth-secret：%s",
		"it asks for no credentials, so anybody may use it: switch on use-auth-secret and static-auth-secret: %s",
	},
	"wrong": {
		"确认该地址上运行的是 STUN/TURN 服务器，且支持所写的传输方式：%s",
		"make sure that a STUN or TURN server with this transport runs at the address: %s",
	},
}

// bilingual is a sentence in Chinese and English.
type bilingual struct{ zh, en string }

func (b bilingual) in(zh bool) string {
	if zh {
		return b.zh
	}
	return b.en
}

// readsChinese says what language a command line's locale asks for (POSIX: the first of these that is set decides).
func readsChinese(environ []string) bool {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		for _, e := range environ {
			if value, ok := strings.CutPrefix(e, name+"="); ok && value != "" {
				return strings.HasPrefix(value, "zh")
			}
		}
	}
	return false
}

// diagnoseICE asks each STUN server for our address, and each TURN server for a relay by the credentials that browsers would be given.
// All are asked at once: a server that is away takes the whole time.
func diagnoseICE(ctx context.Context, cfg configs.Config, zh bool) []diagnosis {
	servers := ice.Servers{TURN: cfg.ICE.TURN, Secret: cfg.ICE.Secret, Lifetime: cfg.ICE.Lifetime}
	given, _ := servers.For(iceLogin, time.Minute)
	addresses := slices.Clone(cfg.ICE.STUN)
	if at := cfg.Asterisk.STUN; at != "" && !slices.Contains(addresses, at) {
		addresses = append(addresses, at)
	}
	for i, at := range addresses {
		addresses[i] = "stun:" + at
	}
	addresses = append(addresses, cfg.ICE.TURN...)
	if len(addresses) == 0 {
		return []diagnosis{{part: "ice", good: true, detail: bilingual{
			"没有配置 STUN 或 TURN：浏览器只在本地网络内有声音", "no STUN or TURN server is configured: browsers have voice in the local network only",
		}.in(zh)}}
	}
	found := make([]diagnosis, len(addresses))
	var all sync.WaitGroup
	for i, at := range addresses {
		all.Go(func() {
			user, password := "", ""
			if len(given) > 0 {
				user, password = given[0].Username, given[0].Credential
			}
			found[i] = diagnoseICEServer(ctx, at, user, password, zh)
		})
	}
	all.Wait()
	return found
}

func diagnoseICEServer(ctx context.Context, at, user, password string, zh bool) diagnosis {
	d := diagnosis{part: "ice " + at}
	told, err := askICE(ctx, at, user, password)
	if err == nil {
		d.good = true
		d.detail = fmt.Sprintf(bilingual{"正常，看到我们的地址是 %s", "answers, and sees us at %s"}.in(zh), told.seen)
		if told.relay != "" {
			d.detail = fmt.Sprintf(bilingual{"接受我们发放的凭据，中继地址 %s", "takes the credentials that we hand out, and relays at %s"}.in(zh), told.relay)
		}
		return d
	}
	d.detail = err.Error()
	var refusal *stun.TurnError
	why := "wrong"
	switch {
	case errors.As(err, &refusal):
		switch refusal.ErrorCodeAttr.Code {
		case stun.CodeUnauthorized, stun.CodeForbidden, stun.CodeWrongCredentials, stun.CodeStaleNonce:
			why = "refused"
		case stun.CodeAllocQuotaReached, stun.CodeInsufficientCapacity:
			why = "full"
		}
	case errors.Is(err, errOpenRelay):
		why = "open"
	case errors.Is(err, errICESilent), errors.As(err, new(net.Error)):
		why = "unreached"
	}
	d.mend = fmt.Sprintf(iceMend[why].in(zh), at)
	return d
}

var (
	errICESilent = errors.New("no answer")
	errOpenRelay = errors.New("gives a relay, or an answer, without asking for credentials")
)

// iceAnswer is what a server told: where it sees us, and where it would relay.
type iceAnswer struct{ seen, relay string }

// askICE asks one server (RFC 7064 and 7065 URI) for our address (RFC 8489) and, a TURN server, for a relay (RFC 8656), which is given
// back at once.
func askICE(ctx context.Context, at, user, password string) (told iceAnswer, err error) {
	uri, err := stun.ParseURI(at)
	if err != nil {
		return told, fmt.Errorf("%s: %w", at, err)
	}
	server := net.JoinHostPort(uri.Host, strconv.Itoa(uri.Port))
	conn, err := iceConn(ctx, uri, server)
	if err != nil {
		return told, err
	}
	defer conn.Close()
	client, err := turn.NewClient(&turn.ClientConfig{
		STUNServerAddr: server, TURNServerAddr: server, Conn: conn, Username: user, Password: password, Software: "hotline doctor",
	})
	if err != nil {
		return told, fmt.Errorf("%s: %w", at, err)
	}
	defer client.Close()
	defer context.AfterFunc(ctx, func() {
		client.Close() // whoever waits for an answer waits no longer
		conn.Close()
	})()
	if err := client.Listen(); err != nil {
		return told, fmt.Errorf("%s: %w", at, err)
	}
	if uri.Scheme == stun.SchemeTypeTURN || uri.Scheme == stun.SchemeTypeTURNS {
		relay, err := client.Allocate()
		if err == nil {
			told.relay = relay.LocalAddr().String()
			err = relay.Close()
		}
		if errors.Is(err, stun.ErrAttributeNotFound) {
			err = errOpenRelay
		}
		return told, silent(ctx, err)
	}
	seen, err := client.SendBindingRequest()
	if err != nil {
		return told, silent(ctx, err)
	}
	told.seen = seen.String()
	return told, nil
}

// silent names what is behind an error that only says that nobody waits any more.
func silent(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errICESilent
	}
	return err
}

// iceConn is the way to a server: UDP, TCP, or TLS over TCP.
func iceConn(ctx context.Context, uri *stun.URI, server string) (net.PacketConn, error) {
	dialer := &net.Dialer{}
	switch {
	case uri.Scheme == stun.SchemeTypeTURNS || uri.Scheme == stun.SchemeTypeSTUNS:
		conn, err := (&tls.Dialer{NetDialer: dialer, Config: &tls.Config{ServerName: uri.Host, MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", server)
		if err != nil {
			return nil, err
		}
		return turn.NewSTUNConn(conn), nil
	case uri.Proto == stun.ProtoTypeTCP:
		conn, err := dialer.DialContext(ctx, "tcp", server)
		if err != nil {
			return nil, err
		}
		return turn.NewSTUNConn(conn), nil
	}
	return (&net.ListenConfig{}).ListenPacket(ctx, "udp4", ":0")
}
