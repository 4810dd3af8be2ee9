package configs

import (
	"fmt"
	"os"
	"strings"
)

// ReadSecrets puts the contents of the …_file keys into the keys they stand for. Load does not do it, so that a
// configuration can be checked where its secrets are not. The error is of type Problems.
func (c *Config) ReadSecrets() error {
	var ps Problems
	for i := range c.Switches {
		s := &c.Switches[i]
		ps = append(ps, readSecret(&s.Password, s.PasswordFile, fmt.Sprintf("switches[%d].password_file", i),
			"`hotline asterisk-config` makes it, or put ARI's password into it")...)
	}
	if c.Outbound.Enabled {
		ps = append(ps, readSecret(&c.Outbound.Password, c.Outbound.PasswordFile, "outbound.password_file",
			"write the provider's password into it; chmod 600 FILE")...)
	}
	if c.Mail.Host != "" {
		ps = append(ps, readSecret(&c.Mail.Password, c.Mail.PasswordFile, "mail.password_file", "put the mail account's password into it")...)
	}
	if c.Notify.URL != "" {
		ps = append(ps, readSecret(&c.Notify.Secret, c.Notify.SecretFile, "notify.secret_file",
			"make one: head -c 32 /dev/urandom | base64 > FILE; chmod 600 FILE")...)
	}
	if len(c.ICE.TURN) > 0 {
		ps = append(ps, readSecret(&c.ICE.Secret, c.ICE.SecretFile, "ice.secret_file",
			"put the TURN server's shared secret into it (coturn: static-auth-secret); chmod 600 FILE")...)
	}
	if c.Webhook.URL != "" {
		ps = append(ps, readSecret(&c.Webhook.Secret, c.Webhook.SecretFile, "webhook.secret_file",
			"make one: head -c 32 /dev/urandom | base64 > FILE; chmod 600 FILE")...)
	}
	return ps.orNil()
}

// readSecret reads the first line of file into secret; without a file it does nothing.
func readSecret(secret *string, file, key, mend string) Problems {
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return Problems{{Source: file, Key: key, What: "cannot be read: " + plain(err), Mend: mend}}
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimSpace(line); line == "" {
		return Problems{{Source: file, Key: key, What: "is empty", Mend: mend}}
	}
	*secret = line
	return nil
}
