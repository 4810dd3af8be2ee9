-- after state.lua take.lua
-- Renews this node's life, takes over calls of dead nodes, empties this node's mailbox.
-- ARGV 4 time to live, ms · 5 most calls to take over
-- Returns {state, end of the former lease or 0, {call, fields, token, …}, matches}
local most, taken, matches = tonumber(ARGV[5]), {}, {}
local former = redis_call('ZSCORE', prefix .. 'nodes', node)
redis_call('ZADD', prefix .. 'nodes', now + tonumber(ARGV[4]), node)
for _, dead in ipairs(redis_call('ZRANGEBYSCORE', prefix .. 'nodes', '-inf', '(' .. ARGV[2])) do
  if dead ~= node then
    local due = prefix .. 'due:' .. dead
    local room = most - #taken
    for _, id in ipairs(room > 0 and redis_call('ZRANGE', due, 0, room - 1) or {}) do
      take(load_call(id))
      taken[#taken + 1] = id
    end
    if redis_call('ZCARD', due) > 0 then break end
    redis_call('ZREM', prefix .. 'nodes', dead)
    redis_call('DEL', prefix .. 'mail:' .. dead)
    note('dead', dead)
  end
end
local mail = prefix .. 'mail:' .. node
for _, letter in ipairs(redis_call('LRANGE', mail, 0, -1)) do
  -- A claim that ended while its letter lay here is nobody's business any more.
  local m = unpack_names(letter)
  local c = load_call(m[1])
  if c and c.n == node and c.mailed[m[2]] then
    c.mailed[m[2]] = nil
    drop(c, 'p:' .. m[2])
    local n = #matches
    matches[n + 1], matches[n + 2], matches[n + 3], matches[n + 4] = m[1], m[2], c.e, c.ring[m[2]]
  end
end
redis_call('DEL', mail)
save()
local orphans = {}
for _, id in ipairs(taken) do
  orphans[#orphans + 1] = id
  orphans[#orphans + 1] = redis_call('HGETALL', prefix .. 'c:' .. id)
  orphans[#orphans + 1] = token_of(calls[id])
end
return {'ok', former or '0', orphans, matches}
