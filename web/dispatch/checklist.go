package dispatch

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"
)

// Checklist is what is checked on a product's whole system after a fix (domain description §3, step 7).
type Checklist struct {
	Product string      `yaml:"product"` // code; "" = for products without a list of their own
	Name    ListText    `yaml:"name"`
	Items   []CheckItem `yaml:"items"`
}

// ListText is a name in both languages.
type ListText struct {
	Zh string `yaml:"zh"`
	En string `yaml:"en"`
}

// CheckItem is one line of a check list.
type CheckItem struct {
	Code string `yaml:"code"`
	Zh   string `yaml:"zh"`
	En   string `yaml:"en"`
}

// ParseChecklists reads *.yaml of a directory, by product. Errors say the file, the line and what is wrong: an unknown key, a name that is
// missing in one language, a code or a product that stands twice, no list for products without their own.
func ParseChecklists(dir fs.FS) (map[string]Checklist, error) {
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("check lists: %w", err)
	}
	all := map[string]Checklist{}
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fmt.Errorf("check lists: %w", err)
		}
		var list Checklist
		if err := yaml.UnmarshalWithOptions(text, &list, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("%s: %s", name, strings.TrimSpace(yaml.FormatError(err, false, true)))
		}
		if _, twice := all[list.Product]; twice {
			return nil, fmt.Errorf("%s: product %q has a check list already", name, list.Product)
		}
		if list.Name.Zh == "" || list.Name.En == "" || len(list.Items) == 0 {
			return nil, fmt.Errorf("%s: name.zh, name.en or the items are missing", name)
		}
		seen := map[string]bool{}
		for i, item := range list.Items {
			if item.Code == "" || item.Zh == "" || item.En == "" || seen[item.Code] {
				return nil, fmt.Errorf("%s: items[%d]: code, zh and en are needed, and each code once", name, i)
			}
			seen[item.Code] = true
		}
		all[list.Product] = list
	}
	if _, general := all[""]; !general {
		return nil, fmt.Errorf(`there is no check list with product: "" for products without their own`)
	}
	return all, nil
}
