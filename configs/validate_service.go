package configs

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// systemReasons pause an agent by themselves; nobody chooses them.
var systemReasons = []string{"missed-calls", "wrapup-timeout", "desk-lost", "phone-unheard"}

// service checks teams, centres, the lists that agents choose from, and what is promised to customers.
func (k *checker) service(c Config) {
	teams := map[string]string{}
	for i, t := range c.Teams {
		key := fmt.Sprintf("teams[%d]", i)
		k.name(key+".name", t.Name, plainName, nameMend, teams)
		k.bilingual(key+".title", t.Title.Zh, t.Title.En)
	}
	k.centres(c.Centres)
	if !plainName.MatchString(c.Calendars.Default) {
		k.bad("calendars.default", nameMend, "%s is no name of a calendar", quoteShort(c.Calendars.Default))
	}
	if len(c.PauseReasons) == 0 {
		k.bad("pause_reasons", "name at least one, or leave the key out for the defaults", "is empty: no agent could pause")
	}
	codes := map[string]string{}
	for i, r := range c.PauseReasons {
		key := fmt.Sprintf("pause_reasons[%d]", i)
		k.name(key+".code", r.Code, plainName, nameMend, codes)
		if slices.Contains(systemReasons, r.Code) {
			k.bad(key+".code", "choose another code", "%q is set by the system itself", r.Code)
		}
		k.bilingual(key, r.Zh, r.En)
	}
	if len(c.DeclineReasons) == 0 {
		k.bad("decline_reasons", "name at least one, or leave the key out for the defaults", "is empty: no agent could decline a call")
	}
	declines := map[string]string{}
	for i, r := range c.DeclineReasons {
		key := fmt.Sprintf("decline_reasons[%d]", i)
		k.name(key+".code", r.Code, plainName, nameMend, declines)
		k.bilingual(key, r.Zh, r.En)
	}
	departments := map[string]string{}
	for i, d := range c.Departments {
		key := fmt.Sprintf("departments[%d]", i)
		k.name(key+".code", d.Code, plainName, nameMend, departments)
		k.bilingual(key, d.Zh, d.En)
		if services := []string{"", "consulting", "development", "open_class"}; !slices.Contains(services, d.Service) {
			k.bad(key+".service", "use consulting, development or open_class, or leave it out", "no service %s is begun by a referral", quoteShort(d.Service))
		}
	}
	k.products(c)
	if d := c.Digest.Every; d != "" && d != DigestDay && d != DigestWeek && d != DigestMonth {
		k.bad("digest.every", "use day, week or month; \"\" makes no digest", "there is no period %s", quoteShort(d))
	}
	if _, err := time.Parse("15:04", c.Digest.At); err != nil {
		k.bad("digest.at", `write it as "08:00"`, "%s is no time of day", quoteShort(c.Digest.At))
	}
	k.between("escalations.remote_response", c.Escalations.Remote, time.Minute, 30*24*time.Hour)
	k.between("escalations.onsite_response", c.Escalations.Onsite, time.Minute, 30*24*time.Hour)
	if u := k.url("webhook.url", c.Webhook.URL, true, "https", "http"); u != nil && u.Scheme == "http" && !loopback(u.Hostname()) {
		k.bad("webhook.url", "use https", "customers' data would cross the network in the clear to %s", u.Host)
	}
	k.secret("webhook", "secret", c.Webhook.Secret, c.Webhook.SecretFile, c.Webhook.URL != "")
	if c.Webhook.Secret != "" && len(c.Webhook.Secret) < 16 {
		k.bad("webhook.secret", "use at least 16 characters", "is %d characters long", len(c.Webhook.Secret))
	}
	k.outgoing(c)
	k.between("webhook.timeout", c.Webhook.Timeout, 100*time.Millisecond, 2*time.Minute)
	k.between("wallboard.longest_wait", c.Wallboard.LongestWait, 0, time.Hour)
	k.whole("wallboard.waiting_calls", c.Wallboard.WaitingCalls, 0, 10_000)
	k.whole("wallboard.share_below", c.Wallboard.ShareBelow, 0, 100)
	k.whole("wallboard.agents_missing", c.Wallboard.AgentsMissing, 0, 1000)
	k.bilingual("greeting", c.Greeting.Zh, c.Greeting.En)
	k.between("desk.timeout", c.Desk.Timeout, 5*time.Second, 10*time.Minute)
}

// centres checks that a region belongs to one centre, so that an escalation has one place to go to.
func (k *checker) centres(centres []ServiceCentre) {
	names, regions := map[string]string{}, map[string]string{}
	for i, c := range centres {
		key := fmt.Sprintf("service_centres[%d]", i)
		k.name(key+".name", c.Name, plainName, nameMend, names)
		k.bilingual(key+".title", c.Title.Zh, c.Title.En)
		if c.Calendar != "" && !plainName.MatchString(c.Calendar) {
			k.bad(key+".calendar", nameMend, "%s is no name of a calendar", quoteShort(c.Calendar))
		}
		for j, region := range c.Regions {
			at := fmt.Sprintf("%s.regions[%d]", key, j)
			switch {
			case strings.TrimSpace(region) == "" || region != strings.TrimSpace(region):
				k.bad(at, "write the region as it stands in the customers' data", "%s is no region", quoteShort(region))
			case regions[region] != "":
				k.bad(at, "a region is served by one centre", "%s belongs to %s already", region, regions[region])
			default:
				regions[region] = c.Name
			}
		}
	}
}

// products checks what agents choose from, and that templates belong to something there is.
func (k *checker) products(c Config) {
	products, kinds := map[string]string{}, map[string]bool{}
	for i, p := range c.Products {
		key := fmt.Sprintf("products[%d]", i)
		k.name(key+".code", p.Code, plainName, nameMend, products)
		k.bilingual(key, p.Zh, p.En)
		categories := map[string]string{}
		for j, cat := range p.Categories {
			at := fmt.Sprintf("%s.categories[%d]", key, j)
			k.name(at+".code", cat.Code, plainName, nameMend, categories)
			k.bilingual(at, cat.Zh, cat.En)
			kinds[cat.Code], kinds[p.Code+"/"+cat.Code] = true, true
		}
	}
	names := map[string]string{}
	for i, t := range c.Templates {
		key := fmt.Sprintf("case_templates[%d]", i)
		k.name(key+".name", t.Name, plainName, nameMend, names)
		k.bilingual(key+".title", t.Title.Zh, t.Title.En)
		k.bilingual(key+".text", t.Text.Zh, t.Text.En)
		if t.Product != "" && products[t.Product] == "" {
			k.bad(key+".product", "use the code of a product above, or leave it empty", "there is no product %s", quoteShort(t.Product))
			continue
		}
		kind := t.Category
		if t.Product != "" && kind != "" {
			kind = t.Product + "/" + kind
		}
		if kind != "" && !kinds[kind] {
			k.bad(key+".category", "use the code of a category of the product, or leave it empty", "there is no category %s", quoteShort(t.Category))
		}
	}
}
