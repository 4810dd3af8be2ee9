// Package procedures holds the seven services as data: one YAML file each, in the binary. An operator may replace single
// files by his own (procedures.dir in hotline.yaml).
package procedures

import "embed"

// Files are the procedures that ship with the product.
//
//go:embed *.yaml
var Files embed.FS
