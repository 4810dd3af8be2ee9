package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hotline/configs"
	"hotline/configs/asterisk"
)

// asteriskConfigCommand is `hotline asterisk-config`.
type asteriskConfigCommand struct {
	Out    string `required:"" placeholder:"DIR" predictor:"dir" help:"Where the files go; made when missing. Files of these names there are replaced."`
	Switch string `placeholder:"NAME" help:"Which of the switches; default is the first."`
}

// Run writes the files and, when the configuration names a password file that is not there, the password into it.
func (c *asteriskConfigCommand) Run(around surroundings, line *commandLine) error {
	cfg, err := line.settings(around)
	if err != nil {
		return err
	}
	chosen, err := c.choose(cfg.Switches)
	if err != nil {
		return err
	}
	plan := asteriskPlan(cfg, chosen)
	if plan.ARIPassword, err = givenPassword(chosen); err != nil {
		return err
	}
	if out := plan.Outbound; out != nil {
		if out.Password, err = givenPassword(configs.Switch{Password: out.Password, PasswordFile: cfg.Outbound.PasswordFile}); err != nil {
			return err
		}
	}
	result, err := asterisk.Render(plan, c.Out)
	if err != nil {
		return err
	}
	fmt.Fprintf(around.stdout, "%d files in %s\n", len(result.Files), c.Out)
	if chosen.PasswordFile == "" || plan.ARIPassword != "" {
		return nil
	}
	if err := writeSecret(chosen.PasswordFile, result.ARIPassword); err != nil {
		return fmt.Errorf("keep ARI's password: %w", err)
	}
	fmt.Fprintf(around.stdout, "ARI's password is in %s\n", chosen.PasswordFile)
	return nil
}

func (c *asteriskConfigCommand) choose(switches []configs.Switch) (configs.Switch, error) {
	var names []string
	for _, s := range switches {
		if s.Kind != configs.SwitchAsterisk {
			continue
		}
		if c.Switch == "" || c.Switch == s.Name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	if len(names) == 0 {
		return configs.Switch{}, errors.New("no switch of the configuration has kind: asterisk; add one under switches")
	}
	return configs.Switch{}, fmt.Errorf("there is no switch %q in the configuration, but: %s", c.Switch, strings.Join(names, ", "))
}

// asteriskPlan says what the configuration means for one Asterisk.
func asteriskPlan(cfg configs.Config, s configs.Switch) asterisk.Plan {
	a := cfg.Asterisk
	plan := asterisk.Plan{
		Name: s.Name, Application: s.Application, ARIUser: s.User,
		HTTP: a.HTTPBind, SIP: a.SIPBind, STUN: a.STUN, External: a.ExternalAddress, LocalNets: a.LocalNetworks,
		RTPStart: a.RTPFirst, RTPEnd: a.RTPLast, Language: a.SoundsLanguage,
		Watchdog: a.Watchdog, FallbackRing: a.FallbackRing, WebCallers: a.WebCallers,
	}
	for _, t := range a.Trunks {
		plan.Trunks = append(plan.Trunks, asterisk.Trunk{Name: t.Name, Addresses: t.Addresses})
	}
	if out, ok := cfg.OutboundSwitch(); ok && cfg.Outbound.Enabled && out.Name == s.Name {
		o := cfg.Outbound
		plan.Outbound = &asterisk.Outbound{Address: o.Address, CallerID: o.CallerID, User: o.User, Password: o.Password}
	}
	for _, h := range cfg.Hotlines {
		plan.DIDs = append(plan.DIDs, h.DIDs...)
	}
	// One Asterisk plays one ringback tone; the first hotline's cadence is it. The rings themselves are counted by each hotline's own.
	ring := cfg.Hotlines[0].Ring
	plan.Ringback = asterisk.Ringback{Hz: ringbackHz, On: ring.On, Off: ring.Off}
	return plan
}

// ringbackHz is China's tone, GB/T 3380.
const ringbackHz = 450

// givenPassword is the password that the configuration holds or its file has, "" when the file is still to be made.
func givenPassword(s configs.Switch) (string, error) {
	if s.PasswordFile == "" {
		return s.Password, nil
	}
	text, err := os.ReadFile(s.PasswordFile)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("password_file: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(line), nil
}

// writeSecret makes a file that only its owner reads; it never replaces one.
func writeSecret(path, secret string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(file, secret)
	return errors.Join(err, file.Close())
}
