// Package questionnaires holds what is asked and written down in classes, consulting and custom development as data: one YAML
// file each, in the binary. An operator may replace single files by their own (questionnaires.dir in hotline.yaml).
package questionnaires

import "embed"

// Files are the questionnaires that ship with the product.
//
//go:embed *.yaml
var Files embed.FS
