package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestProceduresOfTheOperator: the procedures are written out, changed, checked and used.
func TestProceduresOfTheOperator(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "procedures")
	if r := hotline(t, nil, "", "procedures", "write", dir); r.code != exitOK || !strings.Contains(r.out, "remote.yaml written") {
		t.Fatalf("write: %+v", r)
	}
	if r := hotline(t, nil, "", "procedures", "write", dir); r.code != exitOK || !strings.Contains(r.out, "remote.yaml is there already and stays") {
		t.Errorf("write again: %+v", r)
	}
	config := write(t, filepath.Join(t.TempDir(), "hotline.yaml"), "procedures:\n  dir: "+dir+"\n")
	if r := hotline(t, nil, "", "check-config", config); r.code != exitOK {
		t.Errorf("the shipped ones: %+v", r)
	}
	visit := filepath.Join(dir, "visit.yaml")
	text, err := os.ReadFile(visit)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "zh: 定期拜访", "zh: 季度拜访", 1)
	write(t, visit, regexp.MustCompile(`(?m)^version: \d+$`).ReplaceAllString(changed, "version: 99"))
	all, err := procedureFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Code == "visit" && (d.Version != 99 || d.Name.ZH != "季度拜访") {
			t.Errorf("the operator's file is not used: %d %s", d.Version, d.Name.ZH)
		}
	}
	write(t, visit, strings.Replace(changed, "by: [manager]", "by: [boss]", 1))
	r := hotline(t, nil, "", "check-config", config)
	if r.code != exitFailed || !strings.Contains(r.out, "visit.yaml:") || !strings.Contains(r.out, `"boss" is not known here; one of engineer, manager`) {
		t.Errorf("a mistake: %+v", r)
	}
	if _, err := procedureFiles(filepath.Join(dir, "nothing")); err == nil || !strings.Contains(err.Error(), "procedures.dir") {
		t.Errorf("a directory that is not there: %v", err)
	}
}
