package agent

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Store keeps the copy of presence that survives a restart of the server. It is written behind the changes, by one
// Roster at a time: each start takes a new epoch, and whoever holds an older one is fenced off.
type Store interface {
	// Claim takes the pen. With epoch 0 it starts a new epoch, greater than any before and at least floor. With the
	// epoch one has, it gives it back, also when the store lost its memory of it, unless a greater one was started
	// meanwhile: then it gives that one.
	Claim(ctx context.Context, epoch, floor int64) (int64, error)
	// Load gives all copies. With an UnreadableError it gives all that could be read.
	Load(ctx context.Context) ([]Copy, error)
	// Save writes copies under an epoch, all in one step, but only over older versions; stale names the others. If
	// the store's epoch now is another one, nothing is written.
	Save(ctx context.Context, epoch int64, copies []Copy) (now int64, stale []string, err error)
}

// UnreadableError names the agents whose copies make no sense. They count as signed out; their next change is stored over
// it.
type UnreadableError struct{ Logins []string }

// Error names them.
func (e *UnreadableError) Error() string {
	return "agent: stored presence cannot be read of " + strings.Join(e.Logins, ", ")
}

// Copy is one agent's presence as stored.
type Copy struct {
	Login     string    `json:"login"`
	Version   int64     `json:"version"`
	Gone      bool      `json:"-"` // the agent is no more: the copy is deleted
	State     State     `json:"state"`
	Since     time.Time `json:"since"`
	Duty      string    `json:"duty"`
	Reason    string    `json:"reason,omitempty"`
	Call      string    `json:"call,omitempty"`
	Queue     string    `json:"queue,omitempty"`
	Idle      time.Time `json:"idle,omitzero"`
	Missed    int       `json:"missed,omitempty"`
	Answered  int       `json:"answered,omitempty"`
	Day       int       `json:"day,omitempty"`
	WrapUpEnd time.Time `json:"wrapup_end,omitzero"`
	WrapLimit time.Time `json:"wrapup_limit,omitzero"`
	Wrapped   bool      `json:"wrapped,omitempty"`
	Active    time.Time `json:"active,omitzero"`
	Desk      bool      `json:"desk,omitempty"`
	Session   string    `json:"session,omitempty"`
}

// MemoryStore is a Store that lives as long as the process: for tests, and the measure of what a Store has to do.
type MemoryStore struct {
	mu     sync.Mutex
	epoch  int64
	copies map[string]Copy
}

// NewMemoryStore makes an empty one.
func NewMemoryStore() *MemoryStore { return &MemoryStore{copies: map[string]Copy{}} }

// Claim is Store.Claim; it never fails.
func (m *MemoryStore) Claim(_ context.Context, epoch, floor int64) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if epoch == 0 {
		epoch = max(m.epoch+1, floor)
	}
	m.epoch = max(m.epoch, epoch)
	return m.epoch, nil
}

// Load is Store.Load; it never fails.
func (m *MemoryStore) Load(context.Context) ([]Copy, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Values(m.copies)), nil
}

// Save is Store.Save; it never fails.
func (m *MemoryStore) Save(_ context.Context, epoch int64, copies []Copy) (int64, []string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.epoch != epoch {
		return m.epoch, nil, nil
	}
	var stale []string
	for _, c := range copies {
		switch {
		case m.copies[c.Login].Version > c.Version:
			stale = append(stale, c.Login)
		case c.Gone:
			delete(m.copies, c.Login)
		default:
			m.copies[c.Login] = c
		}
	}
	return epoch, stale, nil
}
