package records

import (
	"testing"

	"pgregory.net/rapid"
)

// TestVaultTable walks the table at random: nothing is read or kept once it was not open, nothing opens again, and the key is destroyed
// exactly once, last.
func TestVaultTable(t *testing.T) {
	inputs := []vaultInput{openVault, keepVault, readVault, extendVault, closeVault, expireVault, cancelVault, destroyVault, "nonsense"}
	rapid.Check(t, func(t *rapid.T) {
		state, sealed, destroyed := vaultMachine.start, true, false
		for _, input := range rapid.SliceOfN(rapid.SampledFrom(inputs), 1, 40).Draw(t, "inputs") {
			mv, ok := vaultMachine.step(state, input)
			if !ok {
				continue
			}
			switch {
			case destroyed:
				t.Fatalf("%s after the key was destroyed", input)
			case state != VaultOpen && input != destroyVault:
				t.Fatalf("%s while %s", input, state)
			case mv.next == VaultOpen && state != VaultOpen:
				t.Fatalf("%s opens it again", input)
			case (input.how() != "") != (state == VaultOpen && mv.next == VaultEnding):
				t.Fatalf("%s leads from %s to %s", input, state, mv.next)
			}
			for _, e := range mv.do {
				if e == eraseEntries {
					sealed = false
				}
			}
			state = mv.next
			if input == destroyVault {
				destroyed = true
			}
			if sealed != (state == VaultOpen) || destroyed != (state == VaultDestroyed) {
				t.Fatalf("after %s: state %s, sealed %t, destroyed %t", input, state, sealed, destroyed)
			}
		}
	})
}
