-- after enqueue_plain.lua state.lua match.lua ladder.lua
-- Adds a call and matches it.
-- ARGV 4 call · 5 priority · 6 most calls · 7 next deadline, ms · 8 where the fields end · 9… what is kept of the call: field,
--      value, …; first queue, node, switch, ring 1, score without the caller's priority, number; then the token, deadlines
--      Then, unless the first step is the best agent and no more is to be said: who · more · team of the first step · a long
--      token · kept for · agents that ring already
-- Returns {'plain', epoch, agent, why} for a call that rings one agent and of whose caller nothing is known, else
--      {state, epoch, place, owners, team, priority, matches}
local id, last, queue, number = ARGV[4], tonumber(ARGV[8]), ARGV[10], ARGV[20]
local line = prefix .. 'line:' .. queue
local c = load_call(id)
if c then
  for name, why in pairs(c.ring) do
    local n = #matches
    matches[n + 1], matches[n + 2], matches[n + 3], matches[n + 4] = id, name, c.e, why
  end
  return {'present', c.e, redis_call('ZRANK', prefix .. 'line:' .. c.q, id) or 0, c.o or '', c.h or '', c.y or 0, matches}
end
local most = tonumber(ARGV[6])
if most > 0 and redis_call('ZCARD', line) >= most then return {'full'} end

local epoch = redis_call('INCR', prefix .. 'e')
c = new_call(id)
c.q, c.n, c.e, c.k, c.s, c.w, c.x = queue, node, epoch, ARGV[14], tonumber(ARGV[18]), 0, 0
keep(c, 'e', digits(epoch))
for i = 9, last, 2 do
  local field, value = ARGV[i], ARGV[i + 1]
  keep(c, field, value)
  if sub(field, 1, 2) == 'd:' then c.due[sub(field, 3)] = tonumber(value) end
end
if number ~= '' then
  local who = redis_call('GET', prefix .. 'who:' .. number)
  if who then
    local names = unpack_names(who) -- team, priority, owners…
    if names[1] ~= '' then set(c, 'h', names[1]) end
    if names[2] ~= '0' then set(c, 'y', names[2]) end
    local priority = math.min(math.max(tonumber(ARGV[5]) + tonumber(names[2]), 0), 255)
    set(c, 's', (255 - priority) * 2 ^ 42 + c.s % 2 ^ 42)
    if #names > 2 then
      set(c, 'o', sub(who, #pack(names[1]) + #pack(names[2]) + 1))
      c.owners = unpack_names(c.o)
    end
  end
end
redis_call('SADD', prefix .. 'sw:' .. c.k, id)
set_token(c, ARGV[last + 4] or '')
local kept = ARGV[last + 5] or ''
if kept == '' then
  apply(c, ARGV[last + 1] or 'best', ARGV[last + 2] or '1', ARGV[last + 3] or '')
else
  set(c, 'u', kept)
end
for i = last + 6, #ARGV do
  local a = load_agent(ARGV[i])
  if not a or not a.k then
    local stranger = not a
    a = a or new_agent(ARGV[i])
    stranger = #levels(a) == 0
    claim(c, a, 'adopted')
    if stranger then set(a, 'f', 'gone') end
  end
end
fill(c, false)
note('queued', id, 'queue', queue, 'match', matches[2] or '')
save()
local ahead = c.rings > 0 and 0 or redis_call('ZRANK', line, id)
return {'new', c.e, ahead, c.o or '', c.h or '', c.y or 0, matches}
