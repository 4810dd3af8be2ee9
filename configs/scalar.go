package configs

import (
	"reflect"
	"strconv"
	"time"
)

// set puts text into a scalar and gives what is wrong with it, "" when nothing is.
func set(v reflect.Value, text string) (wrong string) {
	switch {
	case v.Type() == reflect.TypeFor[time.Duration]():
		if text == "0" {
			v.SetInt(0)
			return ""
		}
		duration, err := time.ParseDuration(text)
		if err != nil {
			return quoteShort(text) + " is no duration"
		}
		v.SetInt(int64(duration))
	case v.Kind() == reflect.String:
		v.SetString(text)
	case v.Kind() == reflect.Int:
		number, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return quoteShort(text) + " is no whole number"
		}
		v.SetInt(number)
	case v.Kind() == reflect.Bool:
		switch text {
		case "true":
			v.SetBool(true)
		case "false":
			v.SetBool(false)
		default:
			return quoteShort(text) + " is neither true nor false"
		}
	default:
		panic("configs: field of type " + v.Type().String() + " cannot be configured")
	}
	return ""
}

// wanted describes what a scalar takes.
func wanted(v reflect.Value) string {
	switch {
	case v.Type() == reflect.TypeFor[time.Duration]():
		return `a number with its unit, e.g. 500ms, 20s, 5m, 12h`
	case v.Kind() == reflect.Int:
		return "a whole number"
	case v.Kind() == reflect.Bool:
		return "true or false"
	}
	return "a text"
}
