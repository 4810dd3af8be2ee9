package embedded

import "hotline/pbx"

var _ pbx.Abilities = (*Switch)(nil)

// Can says what this switch is able to do: nothing for which voice would have to pass through it.
func (s *Switch) Can(a pbx.Ability) bool { return a == pbx.CanHold }
