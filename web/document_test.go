package web

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated documents")

// TestAPIDocument keeps docs/api.md equal to the operations; -update writes it.
func TestAPIDocument(t *testing.T) {
	t.Parallel()
	const path = "../docs/api.md"
	want := document(t, newHouse(t))
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/api.md does not list the operations as they are: go test ./web -run TestAPIDocument -update")
	}
}

func document(t *testing.T, h *house) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# The API\n\nGenerated from the operations in `web/` by its test (`-update`); do not edit. Schemas, fields and every problem are in\n" +
		"`/api/openapi.json` (OpenAPI 3.1) of a running server.\n\n" + h.site.api.OpenAPI().Info.Description + "\n")
	all := h.operations(t)
	slices.SortFunc(all, func(a, b operation) int {
		return cmp.Or(strings.Compare(a.path, b.path), strings.Compare(a.method, b.method))
	})
	for _, tag := range h.site.api.OpenAPI().Tags {
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n| operation | who | what |\n|---|---|---|\n", strings.ToUpper(tag.Name[:1])+tag.Name[1:], tag.Description)
		for _, o := range all {
			if o.Tags[0] != tag.Name {
				continue
			}
			roles := "everybody"
			if list, ok := o.Extensions["x-roles"].([]Role); ok {
				roles = strings.Join(texts(list), ", ")
				if len(list) == 4 {
					roles = "signed in"
				}
			}
			fmt.Fprintf(&b, "| `%s %s` | %s | %s%s |\n", o.method, o.path, roles, o.Summary, strings.TrimSuffix(". "+o.Description, ". "))
		}
	}
	b.WriteString("\n## Beside the API\n\n| address | who | what |\n|---|---|---|\n" +
		"| `GET /` | everybody | What runs and how its parts do, in Chinese or English; who is signed in goes on to their work |\n" +
		"| `GET /login`, `POST /login`, `POST /logout` | everybody | Signing in and out in a browser |\n" +
		"| `/settings` | signed in | Language, theme, time zone, password, one's own sessions |\n" +
		"| `/admin/users`, `/admin/audit` | administrator | Users, roles, skills, phones; the audit log |\n" +
		"| `GET /static/…` | everybody | Assets of the pages, kept for ever under the hash in their path |\n" +
		"| `GET /favicon.ico` | everybody | The icon, for what is no page, as a PDF; kept for a day |\n" +
		"| `GET /problems/{code}` | everybody | The page of a kind of problem |\n" +
		"| `GET /healthz` | everybody | 200 while the process lives |\n" +
		"| `GET /readyz` | everybody; details on loopback or with the operator's token | 200, or 503 and which part is missing |\n" +
		"| `GET /metrics` | loopback, or the operator's token | Prometheus |\n")
	b.WriteString("\n## Problems\n\n| code | status | what to do |\n|---|---|---|\n")
	for _, k := range kinds() {
		fmt.Fprintf(&b, "| `%s` | %d | %s |\n", k.code, k.status, k.do)
	}
	b.WriteString("\nThe parts behind the API add codes of their own (`case-not-found`, `wrapup-incomplete`, `not-owner`, …); each answer says what is\n" +
		"wrong in `detail`, what to do in `do`, and every field at fault in `fields`.\n")
	return b.String()
}
