// Package checklists holds the whole-system check lists that ship, one YAML file a product; package web/dispatch reads them. An operator
// may use his own instead (checklists.dir in hotline.yaml).
package checklists

import "embed"

// Files are the check lists that ship with the product.
//
//go:embed *.yaml
var Files embed.FS
