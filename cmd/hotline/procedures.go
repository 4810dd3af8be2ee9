package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"hotline/configs/procedures"
	"hotline/records/procedure"
)

// procedureFiles gives the procedures of the binary, each replaced by the operator's file for it if there is one. Every
// mistake of every file is named.
func procedureFiles(dir string) ([]procedure.Definition, error) {
	ours, err := procedure.ParseAll(procedures.Files)
	if err != nil || dir == "" {
		return ours, err
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("procedures.dir: %w", err)
	}
	theirs, err := procedure.ParseAll(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("procedures.dir %s: %w", dir, err)
	}
	for _, d := range theirs {
		if i := slices.IndexFunc(ours, func(o procedure.Definition) bool { return o.Code == d.Code }); i >= 0 {
			ours[i] = d
		} else {
			ours = append(ours, d)
		}
	}
	return ours, nil
}

// proceduresCommand is `hotline procedures`.
type proceduresCommand struct {
	Write writeProcedures `cmd:"" help:"Write the procedures of the binary into a directory, to be changed there."`
}

type writeProcedures struct {
	Dir string `arg:"" type:"path" help:"The directory; made when it is not there. Files that are there stay."`
}

// Run writes what is not there yet.
func (c *writeProcedures) Run(around surroundings) error {
	if err := os.MkdirAll(c.Dir, 0o750); err != nil {
		return fmt.Errorf("make the directory: %w", err)
	}
	names, err := fs.Glob(procedures.Files, "*.yaml")
	if err != nil {
		return fmt.Errorf("list the procedures: %w", err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(procedures.Files, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		file, err := os.OpenFile(filepath.Join(c.Dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640) //nolint:gosec // the operator's own path
		if errors.Is(err, fs.ErrExist) {
			fmt.Fprintln(around.stdout, name, "is there already and stays")
			continue
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		_, err = file.Write(text)
		if err := errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		fmt.Fprintln(around.stdout, name, "written")
	}
	return nil
}
