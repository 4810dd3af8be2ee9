package records

import "context"

type actorKey struct{}

// By gives a context whose changes are recorded as done by login: in the audit log and in histories. Without it, the actor
// is "system" (the command line, the server itself).
func By(ctx context.Context, login string) context.Context {
	return context.WithValue(ctx, actorKey{}, login)
}

func actor(ctx context.Context) string {
	if login, ok := ctx.Value(actorKey{}).(string); ok && login != "" {
		return login
	}
	return "system"
}
