-- after state.lua match.lua
-- Undoes Answer: the call waits again.
-- ARGV 4 call · 5 agent
-- Returns {state, matches}
local name = ARGV[5]
local c, refused = driven(ARGV[4])
if not c then return refused end
if not c.win then return {'ok', matches} end
if c.win ~= name then return {'taken', c.win} end
local a = load_agent(name)
if a and a.k == c.id then remove_agent(a) end
miss(c, name)
unset(c, 'win')
unset(c, 'at')
fill(c, false)
note('reopened', c.id, 'agent', name)
save()
return {'ok', matches}
