-- after state.lua match.lua offer.lua
-- Removes a call, wherever it stands.
-- ARGV 4 call
-- Returns {state, freed, matches}
local c, refused = driven(ARGV[4])
if not c then return refused end
local names, freed = free_ringing(c, nil)
if c.win then
  local a = load_agent(c.win)
  if a and a.k == c.id then remove_agent(a) end
end
unindex(c)
remove_call(c)
offer_all(freed)
note('left', c.id)
save()
return {'ok', names, matches}
