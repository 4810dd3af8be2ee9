package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"hotline/configs"
)

// namedAtMost bounds how many phones one line of the doctor names.
const namedAtMost = 5

// diagnosePhones compares where phones are registered when there are several Asterisks. A phone that is at some only is in order: its
// agent takes the calls of those. But whoever looks for a reason why a caller waits beside an idle agent finds it here.
func diagnosePhones(ctx context.Context, all []configs.Switch) (found []diagnosis) {
	online := map[string]map[string]bool{} // switch → account → registered
	anywhere := map[string]bool{}
	for _, s := range all {
		if s.Kind != configs.SwitchAsterisk {
			continue
		}
		accounts, err := ari{at: s, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}.accounts(ctx)
		if err != nil {
			continue // said of the switch itself already
		}
		online[s.Name] = accounts
		for name, up := range accounts {
			anywhere[name] = anywhere[name] || up
		}
	}
	if len(online) < 2 {
		return nil
	}
	for _, s := range all {
		accounts, ok := online[s.Name]
		if !ok {
			continue
		}
		here, elsewhere := 0, []string(nil)
		for name, up := range accounts {
			switch {
			case up:
				here++
			case anywhere[name]:
				elsewhere = append(elsewhere, name)
			}
		}
		found = append(found, diagnosis{part: "switch " + s.Name + " phones", good: true, detail: whereRegistered(here, elsewhere)})
	}
	return found
}

func whereRegistered(here int, elsewhere []string) string {
	detail := fmt.Sprintf("%d registered", here)
	if len(elsewhere) == 0 {
		return detail
	}
	slices.Sort(elsewhere)
	named := strings.Join(elsewhere[:min(len(elsewhere), namedAtMost)], ", ")
	if more := len(elsewhere) - namedAtMost; more > 0 {
		named += fmt.Sprintf(" and %d more", more)
	}
	return detail + "; at another switch only, so no call of this one reaches them: " + named
}

// accounts lists the PJSIP accounts of an Asterisk, and which are registered.
func (a ari) accounts(ctx context.Context) (map[string]bool, error) {
	var endpoints []struct{ Resource, State string }
	if _, err := a.get(ctx, "/endpoints/PJSIP", &endpoints); err != nil {
		return nil, err
	}
	online := make(map[string]bool, len(endpoints))
	for _, e := range endpoints {
		online[e.Resource] = e.State == "online"
	}
	return online, nil
}
