package configs

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Prefix begins the name of every environment variable that the product reads.
const Prefix = "HOTLINE_"

// Variables gives the name of the environment variable of every key, e.g. "HOTLINE_REDIS_URL" → "redis.url". A key inside
// a list has none: the variable of the list replaces the list.
func Variables() map[string]string {
	names := map[string]string{}
	walk(reflect.ValueOf(new(Config)).Elem(), "", func(key string, _ reflect.Value) {
		names[Prefix+strings.ToUpper(strings.ReplaceAll(key, ".", "_"))] = key
	})
	return names
}

// walk visits every value and every list of a configuration, not what is inside lists.
func walk(v reflect.Value, key string, visit func(key string, v reflect.Value)) {
	if v.Kind() != reflect.Struct {
		visit(key, v)
		return
	}
	for i := range v.NumField() {
		walk(v.Field(i), join(key, v.Type().Field(i).Tag.Get("yaml")), visit)
	}
}

// foreign tells the variables with our prefix that are no keys: the command line's, and those of scripts and tests.
func foreign(name string) bool {
	switch strings.TrimPrefix(name, Prefix) {
	case "CONFIG", "CACHE", "ASTERISK_ROOT", "DEBIAN_MIRROR":
		return true
	}
	return strings.HasPrefix(name, Prefix+"TEST_")
}

// override puts the environment ("NAME=value" each) above what the file said.
func override(cfg *Config, environ []string, at places) (ps Problems) {
	variables := Variables()
	fields := map[string]reflect.Value{}
	walk(reflect.ValueOf(cfg).Elem(), "", func(key string, v reflect.Value) { fields[key] = v })
	environ = slices.Clone(environ)
	slices.Sort(environ)
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, Prefix) || foreign(name) {
			continue
		}
		key, ok := variables[name]
		if !ok {
			ps = append(ps, Problem{
				Source: name, What: "is not a known environment variable",
				Mend: meantVariable(name, variables),
			})
			continue
		}
		ps = append(ps, overrideOne(fields[key], name, key, value, at)...)
	}
	return ps
}

// overrideOne sets one key. Plain values are taken as they are; a list of texts is separated by commas; any list may be
// written as YAML: HOTLINE_HOTLINES='[{name: a, dids: [4001], queue: q}]'.
func overrideOne(v reflect.Value, name, key, value string, at places) Problems {
	at[key] = position{source: name}
	if v.Kind() != reflect.Slice {
		if what := set(v, value); what != "" {
			return Problems{{Source: name, Key: key, What: what, Mend: "write " + wanted(v)}}
		}
		return nil
	}
	if v.Type().Elem().Kind() == reflect.String && !strings.HasPrefix(strings.TrimSpace(value), "[") {
		v.SetZero()
		for i, item := range strings.Split(value, ",") {
			if item = strings.TrimSpace(item); item != "" {
				at[fmt.Sprintf("%s[%d]", key, i)] = position{source: name}
				v.Set(reflect.Append(v, reflect.ValueOf(item)))
			}
		}
		return nil
	}
	body, ps := parse(name, []byte(value))
	if ps != nil {
		return ps
	}
	d := decoder{source: name, at: at}
	if body == nil {
		return Problems{{Source: name, Key: key, What: "is empty", Mend: "unset it, or write [] for an empty list"}}
	}
	d.node(body, v, key)
	return d.problems
}

// meantVariable is didYouMean without sixty names when none is near.
func meantVariable(name string, variables map[string]string) string {
	if best := nearest(name, slices.Sorted(maps.Keys(variables))); best != "" {
		return "did you mean " + best + "?"
	}
	return "unset it; the names are the keys of hotline.yaml, e.g. redis.url is " + Prefix + "REDIS_URL"
}
