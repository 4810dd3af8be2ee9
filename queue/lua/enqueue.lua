-- after state.lua match.lua ladder.lua
-- Adds a call and matches it.
-- ARGV 4 call · 5 switch · 6 queue · 7 number · 8 ring 1, ms · 9 end of the ring budget, ms · 10 priority · 11 most calls ·
--      12 who · 13 more · 14 team of the first step · 15 token · 16 kept for · 17 deadlines: n, then n × (kind, ms) · agents that ring already
-- Returns {state, epoch, place, owners, team, priority, matches}
local id, queue, number = ARGV[4], ARGV[6], ARGV[7]
local line = prefix .. 'line:' .. queue
local c = load_call(id)
if c then
  for name, why in pairs(c.ring) do
    local n = #matches
    matches[n + 1], matches[n + 2], matches[n + 3], matches[n + 4] = id, name, c.e, why
  end
  return {'present', c.e, redis_call('ZRANK', prefix .. 'line:' .. c.q, id) or 0, c.o or '', c.h or '', c.y or 0, matches}
end
local most = tonumber(ARGV[11])
if most > 0 and redis_call('ZCARD', line) >= most then return {'full'} end

local epoch = redis_call('INCR', prefix .. 'e')
c = new_call(id)
c.q, c.n, c.e, c.k, c.w, c.x = queue, node, epoch, ARGV[5], 0, 0
c.sets, c.n_sets = {'q', queue, 'n', node, 'e', digits(epoch), 'k', ARGV[5], 'g', ARGV[8]}, 10
local priority = tonumber(ARGV[10])
if number ~= '' then
  set(c, 'm', number)
  local who = redis_call('GET', prefix .. 'who:' .. number)
  if who then
    local names = unpack_names(who) -- team, priority, owners…
    if names[1] ~= '' then set(c, 'h', names[1]) end
    if names[2] ~= '0' then set(c, 'y', names[2]) end
    priority = priority + tonumber(names[2])
    if #names > 2 then
      set(c, 'o', sub(who, #pack(names[1]) + #pack(names[2]) + 1))
      c.owners = unpack_names(c.o)
    end
  end
end
set(c, 's', (255 - math.min(math.max(priority, 0), 255)) * 2 ^ 42 + tonumber(ARGV[9]))
local deadlines = tonumber(ARGV[17])
for i = 18, 17 + 2 * deadlines, 2 do
  c.due[ARGV[i]] = tonumber(ARGV[i + 1])
  keep(c, 'd:' .. ARGV[i], ARGV[i + 1])
end
redis_call('SADD', prefix .. 'sw:' .. c.k, id)
set_token(c, ARGV[15])
-- Into the line at once, for the place; the other lists wait for what fill leaves open.
c.listed.line = c.s
redis_call('ZADD', line, digits(c.s), id)
local ahead = redis_call('ZRANK', line, id)

if ARGV[16] == '' then
  apply(c, ARGV[12], ARGV[13], ARGV[14])
else
  set(c, 'u', ARGV[16])
end
for i = 18 + 2 * deadlines, #ARGV do
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
note('queued', 'call', id, 'queue', queue, 'match', matches[2] or '')
save()
return {'new', c.e, ahead, c.o or '', c.h or '', c.y or 0, matches}
