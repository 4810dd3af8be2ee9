package main

import (
	"hotline/configs"
)

// settings loads the configuration that the command line names. The error is of type configs.Problems.
func (line *commandLine) settings(around surroundings) (configs.Config, error) {
	cfg, err := configs.Load(line.Config, around.environ)
	if line.Data != "" {
		cfg.Data.Dir = line.Data
	}
	return cfg, err
}
