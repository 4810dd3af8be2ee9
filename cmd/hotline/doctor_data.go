package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// lowSpace is when a disk is called full: a busy day of journal and recordings must still fit.
const lowSpace = 1 << 30

func diagnoseDisk(free uint64) diagnosis {
	d := diagnosis{part: "disk", good: free >= lowSpace, detail: fmt.Sprintf("%d MiB are free", free>>20)}
	if !d.good {
		d.mend = "make room: at least 1 GiB"
	}
	return d
}

// diagnoseData examines the data directory: there, writable, private, with room.
func diagnoseData(dir string) []diagnosis {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []diagnosis{{
			part: "data directory", detail: dir + " does not exist",
			mend: fmt.Sprintf("make it: install -d -m 0750 %s (as the user that runs the server)", dir),
		}}
	case err != nil:
		return []diagnosis{{part: "data directory", detail: err.Error(), mend: "check the rights of the directories above it"}}
	case !info.IsDir():
		return []diagnosis{{part: "data directory", detail: dir + " is a file", mend: "name a directory as data.dir"}}
	}
	probe, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return []diagnosis{{part: "data directory", detail: dir + " cannot be written: " + err.Error(), mend: "chown it to the user that runs the server"}}
	}
	err = errors.Join(probe.Sync(), probe.Close(), os.Remove(probe.Name()))
	if err != nil {
		return []diagnosis{{part: "data directory", detail: dir + ": " + err.Error(), mend: "check the disk"}}
	}
	if info.Mode().Perm()&0o007 != 0 {
		return []diagnosis{{
			part: "data directory", detail: fmt.Sprintf("%s is open to every user of this machine (%#o)", dir, info.Mode().Perm()),
			mend: "customers' data lie in it: chmod 0750 " + dir,
		}}
	}
	found := []diagnosis{{part: "data directory", good: true, detail: dir + " can be written"}}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err == nil {
		found = append(found, diagnoseDisk(disk.Bavail*uint64(disk.Bsize)))
	}
	return found
}
