package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// keepMemoryPrivate keeps what the process holds in memory, customers' login information for moments among it, out of core dumps and from
// other processes of the same user (prctl(2), PR_SET_DUMPABLE).
func keepMemoryPrivate() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("keep memory private: %w", err)
	}
	return nil
}
