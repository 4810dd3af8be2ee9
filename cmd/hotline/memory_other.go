//go:build !linux

package main

// keepMemoryPrivate does nothing where there is no prctl; limit core dumps with the service manager there.
func keepMemoryPrivate() error { return nil }
