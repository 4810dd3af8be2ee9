package records

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// SkillChange is a service manager's change of what somebody can do.
type SkillChange struct {
	Login   string
	Skills  map[string]int // level by skill, 1 (best) … 9; 0 takes it away; others stay
	By      string
	Reason  string
	Version int64 // that was seen; 0 = whatever it is now
}

// ChangeSkills changes a user's skills, with the reason in the audit log; said is the change in words, e.g. "erp 2→1".
// Errors: ErrNotFound, ErrInvalid, ErrConflict.
func (s *Store) ChangeSkills(ctx context.Context, c SkillChange) (u User, said string, err error) {
	c.Reason = line(c.Reason)
	var f faults
	f.required("reason", c.Reason, maxLine, "A reason is missing.", "Say why the skills change.")
	keep := map[string]int{}
	for skill, level := range c.Skills {
		if level != 0 {
			keep[skill] = level
		}
	}
	f.skills(keep)
	if err := f.problem(ErrInvalid, "skills_invalid", "Mend the fields named.", "The skills cannot be changed like this."); err != nil {
		return User{}, "", err
	}
	u, err = s.changeUserWith(ctx, AuditEntry{By: c.By, Action: "user.skills", Object: c.Login, Reason: c.Reason}, c.Version, func(t *txn, u User) (string, error) {
		after := maps.Clone(u.Skills)
		if after == nil {
			after = map[string]int{}
		}
		var changes []string
		for _, skill := range slices.Sorted(maps.Keys(c.Skills)) {
			level := c.Skills[skill]
			if level == u.Skills[skill] {
				continue
			}
			changes = append(changes, fmt.Sprintf("%s %d→%d", skill, u.Skills[skill], level))
			if after[skill] = level; level == 0 {
				delete(after, skill)
			}
		}
		said = strings.Join(changes, ", ")
		return said, t.setSkills(ctx, c.Login, after)
	})
	return u, said, err
}
