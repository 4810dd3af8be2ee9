-- after state.lua match.lua offer.lua
-- Ends one agent's claim without an answer.
-- ARGV 4 call · 5 agent · 6 '1' to put the agent back on the idle lists
-- Returns {state, matches}
local name = ARGV[5]
local c, refused = driven(ARGV[4])
if not c then return refused end
if not c.ring[name] then return {'ok', matches} end
unclaim(c, name)
miss(c, name)
local a = load_agent(name)
local idle = a and free(a, ARGV[6] == '1')
fill(c, false)
if idle and not a.k then offer(a, false) end
note('missed', c.id, 'agent', name)
save()
return {'ok', matches}
