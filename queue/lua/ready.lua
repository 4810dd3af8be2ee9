-- after ready_plain.lua state.lua match.lua offer.lua
-- Puts an agent on the idle lists and matches.
-- ARGV 4 agent · 5 team · 6 idle since, ms · 7 calls today · 8 last offered, ms · 9 levels · 10 switches where the phone is missing ·
--      11 of an agent who is nobody's manager, in queues of other strategies than ring_all, with a phone everywhere: the digits of
--      the levels, else '' · 12 how many of the queues that follow have the strategy ring_all · 13… queues; the others have another one
-- Returns {'plain', call, epoch, why} for an agent who had no claim and gets a call of this node, else {state, matches}
local name = ARGV[4]
for i = 13, #ARGV do
  if i < 13 + ARGV[12] then
    redis_call('SET', prefix .. 'all:' .. ARGV[i], '1')
  else
    redis_call('DEL', prefix .. 'all:' .. ARGV[i])
  end
end
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
note('ready', name, 'match', a.k or '')
save()
return {'ok', matches}
