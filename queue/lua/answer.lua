-- after state.lua match.lua offer.lua
-- Makes an agent the winner of a call.
-- ARGV 4 call · 5 agent · 6 at, ms
-- Returns {state, winner, losers, matches}
local name = ARGV[5]
local c, refused = driven(ARGV[4])
if not c then return refused end
if c.win == name then return {'ok', name, {}, {}} end
if c.win then return {'taken', c.win} end
local a = load_agent(name)
if a and a.k and a.k ~= c.id then return {'busy'} end
if not a then
  a = new_agent(name)
elseif not a.k then
  unlist(a)
end
set(a, 'k', c.id)
set(a, 'x', 1)
unset(a, 'f')
set(c, 'win', name)
set(c, 'at', ARGV[6])
unset(c, 'u')
local losers, freed = free_ringing(c, name)
index(c)
offer_all(freed)
note('answered', c.id, 'agent', name, 'lost', #losers)
save()
return {'ok', name, losers, matches}
