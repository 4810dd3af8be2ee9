package records

// VaultState is where a session of the vault stands.
type VaultState string

const (
	// VaultOpen can be filled, and read by its engineer, until its time limit.
	VaultOpen VaultState = "open"
	// VaultEnding can be read by nobody any more; its data key is about to be destroyed. After a crash the sweep does it.
	VaultEnding VaultState = "ending"
	// VaultDestroyed has no data key any more. What stays is the tombstone: who read, when, how often.
	VaultDestroyed VaultState = "destroyed"
)

// vaultInput is what can happen to a session.
type vaultInput string

const (
	openVault    vaultInput = "open"    // how a session begins: a line of the log, not a move
	keepVault    vaultInput = "keep"    // login information comes in
	readVault    vaultInput = "read"    // its engineer reads an entry, with a reason
	extendVault  vaultInput = "extend"  // a service manager, with a reason, below the ceiling
	closeVault   vaultInput = "close"   // the work is done
	expireVault  vaultInput = "expire"  // the time limit has passed
	cancelVault  vaultInput = "cancel"  // the order is cancelled or changes hands
	destroyVault vaultInput = "destroy" // the key file is overwritten and gone
)

// vaultEffect is what is done in the same transaction. Every move is also a line of the vault's log, and of the audit log.
type vaultEffect string

const (
	eraseEntries vaultEffect = "erase what is sealed"
	setLimit     vaultEffect = "set time limit"
)

type vaultMove = move[VaultState, vaultEffect]

var vaultMachine = machine[VaultState, vaultInput, vaultEffect]{
	name: "vault", start: VaultOpen,
	table: map[VaultState]map[vaultInput]vaultMove{
		VaultOpen: {
			keepVault:   {VaultOpen, nil},
			readVault:   {VaultOpen, nil},
			extendVault: {VaultOpen, []vaultEffect{setLimit}},
			closeVault:  {VaultEnding, []vaultEffect{eraseEntries}},
			expireVault: {VaultEnding, []vaultEffect{eraseEntries}},
			cancelVault: {VaultEnding, []vaultEffect{eraseEntries}},
		},
		VaultEnding:    {destroyVault: {VaultDestroyed, nil}},
		VaultDestroyed: {},
	},
}

// how is the word that stays on the tombstone.
func (in vaultInput) how() string {
	switch in {
	case closeVault:
		return "closed"
	case expireVault:
		return "expired"
	case cancelVault:
		return "cancelled"
	case openVault, keepVault, readVault, extendVault, destroyVault:
	}
	return ""
}
