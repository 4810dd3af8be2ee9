-- The plain case of ready.lua, before anything is defined, as enqueue_plain.lua: an agent who was not there, or whose talk is over,
-- and a call of this node that wants them.
repeat
  local call, argv, p, name, team = redis.call, ARGV, KEYS[1], ARGV[4], ARGV[5]
  local levels, n = argv[11], #argv
  if levels == '' or n > 60 then break end
  local who = p .. ':a:' .. name
  -- No call is the agent's own, and no queue rang all at once before.
  local keys = {who, p .. ':own:' .. name, p .. ':kept:' .. name}
  for i = 13, n do keys[i - 9] = p .. ':all:' .. argv[i] end
  local known = call('EXISTS', unpack(keys))
  if known ~= 0 then
    if known ~= 1 then break end
    local a = call('HMGET', who, 'x', 't', 'p')
    if not a[1] or (a[2] or '') ~= team or a[3] then break end -- p: their phone was missing somewhere
  end

  local best, score, queue, level
  local list = p .. ':want:'
  for i = 13, n do
    local page = call('ZRANGE', list .. argv[i], '0', '0', 'WITHSCORES')
    local s = tonumber(page[2])
    if s and (not score or s < score) then
      best, score, queue, level = page[1], s, argv[i], i - 12
    elseif s and s == score and page[1] ~= best then
      best = nil -- which id goes first is decided by its bytes
      break
    end
  end
  if not best or score >= 2 ^ 50 then break end -- none, or one that rings somebody
  local row = p .. ':c:' .. best
  local c = call('HMGET', row, 'n', 'e', 'w', 'x', 'j', 'v', 't:' .. name)
  local wanted = tonumber(c[3])
  if c[1] ~= argv[1] or c[7] then break end -- another node's call, or one that the agent missed
  local why
  if team ~= '' and c[5] == team then
    why = 'team'
  elseif c[6] or wanted >= 1000000 then
    why = 'everyone'
  else
    why = 'skill ' .. string.sub(levels, level, level)
  end

  if wanted > 1 then
    call('ZADD', list .. queue, string.format('%d', score + 2 ^ 50), best)
  else
    call('ZREM', list .. queue, best)
  end
  if c[4] and tonumber(c[4]) > 0 then call('ZADD', p .. ':wantm:' .. queue, string.format('%d', score + 2 ^ 50), best) end
  call('HSET', row, 'r:' .. name, why)
  if known ~= 0 then
    call('HDEL', who, 'x', 'f')
    call('HSET', who, 's', argv[6], 'c', argv[7], 'l', argv[2], 'q', argv[9], 'k', best)
  elseif team == '' then
    call('HSET', who, 's', argv[6], 'c', argv[7], 'l', argv[2], 'q', argv[9], 'k', best)
  else
    call('SADD', p .. ':team:' .. team, name)
    call('HSET', who, 't', team, 's', argv[6], 'c', argv[7], 'l', argv[2], 'q', argv[9], 'k', best)
  end
  call('XADD', p .. ':events', 'MAXLEN', '~', argv[3], '*', 'ready', name, 'node', argv[1], 'match', best)
  return {'plain', best, c[2], why}
until true
