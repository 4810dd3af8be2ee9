// Package surveys holds the questions of the satisfaction survey that ship with the hotline.
package surveys

import _ "embed"

// Satisfaction is the source of the satisfaction survey, for instrument.Parse.
//
//go:embed satisfaction.yaml
var Satisfaction []byte
