-- after state.lua match.lua offer.lua
-- Puts an agent on the idle lists and matches.
-- ARGV 4 agent · 5 team · 6 idle since, ms · 7 calls today · 8 last offered, ms · 9 levels · 10 switches where the phone is
--      missing · 11 how many of the queues that follow have the strategy ring_all; the others have another one
-- Returns {state, matches}
local name, ring_all = ARGV[4], tonumber(ARGV[11])
if ring_all > 0 then redis_call('SADD', prefix .. 'all', unpack(ARGV, 12, 11 + ring_all)) end
if #ARGV > 11 + ring_all then redis_call('SREM', prefix .. 'all', unpack(ARGV, 12 + ring_all)) end
local a = load_agent(name)
if a then unlist(a) else a = new_agent(name) end
a.levels = nil
join_team(a, ARGV[5])
set(a, 's', ARGV[6])
set(a, 'c', ARGV[7])
set(a, 'l', ARGV[8])
set(a, 'q', ARGV[9])
set_lacks(a, ARGV[10])
if a.k and not a.x then
  set(a, 'f', 'ready')
else
  unset(a, 'k')
  unset(a, 'x')
  unset(a, 'f')
  offer(a, true)
  if not a.k then list(a) end -- who is claimed at once needs no place on the lists
end
note('ready', 'agent', name, 'match', a.k or '')
save()
return {'ok', matches}
