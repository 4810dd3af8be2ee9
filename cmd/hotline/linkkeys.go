package main

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"

	"hotline/configs"
	"hotline/records/linktoken"
)

// linkKeys is what customers' links are signed with.
func linkKeys(cfg configs.Config) (*linktoken.Ring, error) {
	if cfg.Links.Key != "" {
		return linktoken.Keys(cfg.Links.Key)
	}
	return linktoken.File(linkKeyFile(cfg)), nil
}

func linkKeyFile(cfg configs.Config) string {
	return cmp.Or(cfg.Links.KeyFile, filepath.Join(cfg.Data.Dir, "links.key"))
}

// linksCommand is `hotline links …`.
type linksCommand struct {
	Rotate linksRotateCommand `cmd:"" help:"Sign customers' links with a new key; those signed with the key before still work."`
}

type linksRotateCommand struct{}

// Run rotates the key, also while the server runs.
func (linksRotateCommand) Run(around surroundings, line *commandLine) error {
	cfg, err := line.settings(around)
	if err != nil {
		return err
	}
	if cfg.Links.Key != "" {
		return errors.New(`links.key is given as text: write "new,old" where it comes from, and start the server anew`)
	}
	if err := linktoken.Rotate(linkKeyFile(cfg)); err != nil {
		return err
	}
	fmt.Fprintln(around.stdout, "new links are signed with a new key; those signed with the key before still work, older ones do not")
	return nil
}
