-- after
-- Says whether a deadline may fire now, and takes it off. It runs for every deadline of every call, so it reads only what
-- it needs.
-- KEYS[1] prefix · ARGV 1 this node · 2 now, ms · 4 call · 5 epoch · 6 kind
-- Returns {state, 1 or 0}
local id, key, field = ARGV[4], KEYS[1] .. ':c:' .. ARGV[4], 'd:' .. ARGV[6]
local row = redis.call('HMGET', key, 'n', 'e', 'win', field)
if row[1] ~= ARGV[1] or row[2] ~= ARGV[5] or row[3] or not row[4] or tonumber(row[4]) > tonumber(ARGV[2]) then
  return {'ok', 0}
end
redis.call('HDEL', key, field)
local next = 2 ^ 53 - 1
local all = redis.call('HGETALL', key)
for i = 1, #all, 2 do
  if all[i]:sub(1, 2) == 'd:' then next = math.min(next, tonumber(all[i + 1])) end
end
redis.call('ZADD', KEYS[1] .. ':due:' .. ARGV[1], string.format('%d', next), id)
return {'ok', 1}
