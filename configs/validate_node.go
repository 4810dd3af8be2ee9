package configs

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// node checks what this process itself needs: its addresses, stores and log.
func (k *checker) node(c Config) {
	if len(c.Company) > 120 {
		k.bad("company", "write the name that customers know, at most 120 bytes", "has %d bytes", len(c.Company))
	}
	if _, err := time.LoadLocation(c.Timezone); err != nil || c.Timezone == "" || c.Timezone == "Local" {
		k.bad("timezone", "write an IANA name, e.g. Asia/Shanghai", "%s is no time zone", quoteShort(c.Timezone))
	}
	host, ok := k.listen("http.listen", c.HTTP.Listen)
	if (c.HTTP.TLS.CertFile == "") != (c.HTTP.TLS.KeyFile == "") {
		k.bad("http.tls", "give cert_file and key_file, or neither", "has a certificate without key or a key without certificate")
	}
	for i, text := range c.HTTP.TrustedProxies {
		key := fmt.Sprintf("http.trusted_proxies[%d]", i)
		switch proxy, err := netip.ParsePrefix(text); {
		case err != nil:
			k.bad(key, "write it as 10.0.0.5/32 or 10.0.0.0/8", "%s is no network", quoteShort(text))
		case proxy.Bits() == 0:
			k.bad(key, "name the proxy's own address", "%s is the whole world: anybody could say who they are", text)
		}
	}
	public := k.url("http.public_url", c.HTTP.PublicURL, true, "http", "https")
	behindTLS := public != nil && public.Scheme == "https"
	if ok && !loopback(host) && c.HTTP.TLS.CertFile == "" && !behindTLS {
		k.bad("http.listen", "set http.tls, or listen on 127.0.0.1, or set http.public_url to the https address of the proxy in front",
			"passwords would cross the network in the clear on %s", c.HTTP.Listen)
	}
	if strings.TrimSpace(c.Data.Dir) == "" {
		k.bad("data.dir", "name a directory, e.g. /var/lib/hotline", "is empty")
	}
	k.url("redis.url", c.Redis.URL, true, "redis", "rediss", "unix")
	k.oneOf("redis.mode", string(c.Redis.Mode), string(RedisFallback), string(RedisRequired))
	if !tagPattern.MatchString(c.Redis.Prefix) {
		k.bad("redis.prefix", "use letters, digits, . _ : and -, without braces, at most 64", "%s is no key prefix", quoteShort(c.Redis.Prefix))
	}
	k.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	k.oneOf("log.format", c.Log.Format, "text", "json")
}

// security checks sessions, the login throttle and the callers' one.
func (k *checker) security(s Security) {
	k.whole("security.calls_per_number", s.CallsPerNumber, 0, 10_000)
	k.between("security.session_lifetime", s.SessionLifetime, time.Minute, 30*24*time.Hour)
	k.between("security.session_idle", s.SessionIdle, time.Minute, 30*24*time.Hour)
	if s.SessionIdle > s.SessionLifetime {
		k.bad("security.session_idle", "make it the shorter of the two", "%v is longer than session_lifetime (%v)", s.SessionIdle, s.SessionLifetime)
	}
	k.whole("security.login_attempts", s.LoginAttempts, 1, 100)
	k.between("security.login_window", s.LoginWindow, time.Second, 24*time.Hour)
	k.between("security.login_lockout", s.LoginLockout, time.Second, 24*time.Hour)
}

// listen checks a host:port to bind and gives the host.
func (k *checker) listen(key, address string) (host string, ok bool) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		k.bad(key, "write host:port, e.g. 127.0.0.1:8080", "%s is no address to listen on", quoteShort(address))
		return "", false
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 && key != "http.listen" {
		k.bad(key, "write a number from 1 to 65535 behind the colon", "%s is no port", quoteShort(port))
		return "", false
	}
	return host, true
}

// loopback reports whether only this machine can reach host.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// url checks an address and gives it, nil when it is empty or wrong.
func (k *checker) url(key, text string, optional bool, schemes ...string) *url.URL {
	if text == "" && optional {
		return nil
	}
	u, err := url.Parse(text)
	mend := "write " + strings.Join(schemes, ":// or ") + ":// and the rest"
	switch {
	case err != nil || u.Scheme == "":
		k.bad(key, mend, "%s is no URL", quoteShort(redacted(text)))
		return nil
	case !oneOfSchemes(u.Scheme, schemes):
		k.bad(key, mend, "has the scheme %s", quoteShort(u.Scheme))
		return nil
	case u.Host == "" && u.Scheme != "unix" || u.Scheme == "unix" && u.Path == "":
		k.bad(key, "write the host behind ://, e.g. "+schemes[0]+"://127.0.0.1", "%s names no host", quoteShort(u.Redacted()))
		return nil
	}
	return u
}

func oneOfSchemes(scheme string, schemes []string) bool {
	for _, s := range schemes {
		if s == scheme {
			return true
		}
	}
	return false
}

// redacted hides what stands before an @: it may be a password in a URL that cannot be parsed.
func redacted(text string) string {
	if i := strings.LastIndex(text, "@"); i >= 0 {
		return "…" + text[i:]
	}
	return text
}
