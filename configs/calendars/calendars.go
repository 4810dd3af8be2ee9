// Package calendars holds the working calendars that ship, one YAML file each; package records/calendar reads them. An operator may use
// his own instead (calendars.dir in hotline.yaml).
package calendars

import "embed"

// Files are the calendars that ship with the product.
//
//go:embed *.yaml
var Files embed.FS
