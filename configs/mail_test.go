package configs

import (
	"errors"
	"strings"
	"testing"
)

// TestOutgoing: nothing leaves the house in the clear, and a half-filled section is refused with what to do.
func TestOutgoing(t *testing.T) {
	whole := func(change func(*Config)) Config {
		c := Default()
		c.HTTP.PublicURL = "https://hotline.example.com"
		c.Mail.Host, c.Mail.From, c.Mail.User, c.Mail.Password = "smtp.example.com", "service@example.com", "service", "secret"
		c.Notify.URL, c.Notify.Secret = "https://sms.example.com/hook", "a secret of some length"
		change(&c)
		return c
	}
	if err := whole(func(*Config) {}).Validate(); err != nil {
		t.Fatalf("a whole configuration: %v", err)
	}
	for want, change := range map[string]func(*Config){
		"mail.tls":      func(c *Config) { c.Mail.TLS = "none" },
		"mail.from":     func(c *Config) { c.Mail.From = "Service <service@example.com>" },
		"mail.host":     func(c *Config) { c.HTTP.PublicURL = "" },
		"mail.password": func(c *Config) { c.Mail.Password = "" },
		"mail.port":     func(c *Config) { c.Mail.Port = 0 },
		"notify.url":    func(c *Config) { c.Notify.URL = "http://sms.example.com" },
		"notify.secret": func(c *Config) { c.Notify.Secret = "short" },
	} {
		err := whole(change).Validate()
		var ps Problems
		if !errors.As(err, &ps) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if err := whole(func(c *Config) { c.Mail.Host, c.Mail.TLS, c.Mail.User = "127.0.0.1", "none", ""; c.Mail.Password = "" }).Validate(); err != nil {
		t.Errorf("this machine without TLS: %v", err)
	}
}
