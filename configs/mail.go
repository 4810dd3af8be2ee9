package configs

import (
	"net/mail"
	"time"
)

// Mail is the server that takes notifications and customers' links. Host "" switches it off.
type Mail struct {
	Host         string        `yaml:"host"`
	Port         int           `yaml:"port"`
	TLS          string        `yaml:"tls"` // starttls, implicit, none
	User         string        `yaml:"user"`
	Password     string        `yaml:"password"`
	PasswordFile string        `yaml:"password_file"`
	From         string        `yaml:"from"` // bare address
	Timeout      time.Duration `yaml:"timeout"`
}

// Notify is where notifications go besides the app and mail: to a receiver on which SMS gateways and chat robots hang. URL "" switches it
// off.
type Notify struct {
	URL        string `yaml:"url"`
	Secret     string `yaml:"secret"`
	SecretFile string `yaml:"secret_file"`
}

// outgoing checks mail and the webhook of notifications: nothing of a customer crosses a network in the clear.
func (k *checker) outgoing(c Config) {
	m := c.Mail
	k.oneOf("mail.tls", m.TLS, "starttls", "implicit", "none")
	k.between("mail.timeout", m.Timeout, time.Second, 2*time.Minute)
	if m.Port < 1 || m.Port > 65535 {
		k.bad("mail.port", "use 587 (starttls) or 465 (implicit)", "%d is no port", m.Port)
	}
	if m.Host != "" {
		if m.TLS == "none" && !loopback(m.Host) {
			k.bad("mail.tls", "use starttls or implicit", "mail would cross the network in the clear to %s", m.Host)
		}
		if a, err := mail.ParseAddress(m.From); err != nil || a.Address != m.From {
			k.bad("mail.from", "write a bare address, e.g. service@example.com", "%s is no mail address", quoteShort(m.From))
		}
		if c.HTTP.PublicURL == "" {
			k.bad("mail.host", "set http.public_url", "links in mail would lead to http.listen")
		}
		k.secret("mail", "password", m.Password, m.PasswordFile, m.User != "")
	}
	if u := k.url("notify.url", c.Notify.URL, true, "https", "http"); u != nil && u.Scheme == "http" && !loopback(u.Hostname()) {
		k.bad("notify.url", "use https", "notifications would cross the network in the clear to %s", u.Host)
	}
	k.secret("notify", "secret", c.Notify.Secret, c.Notify.SecretFile, c.Notify.URL != "")
	if c.Notify.Secret != "" && len(c.Notify.Secret) < 16 {
		k.bad("notify.secret", "use at least 16 characters", "is %d characters long", len(c.Notify.Secret))
	}
}
