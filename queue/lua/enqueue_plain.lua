-- The plain case of enqueue.lua, before anything is defined: to define what the general case needs takes longer than this
-- case as a whole. An unknown caller wants one agent, and the best one is idle. It looks first, and goes on to the
-- general case before it has written anything; what it leaves on the board is what the general case would leave.
repeat
  local call, argv, p, id = redis.call, ARGV, KEYS[1], ARGV[4]
  if #argv > tonumber(argv[8]) or #argv > 200 then break end -- not one agent, or more than that
  local queue, number, row = argv[10], argv[20], p .. ':c:' .. id
  -- Nobody knows the call or the caller, nor does the queue ring all at once.
  if call('EXISTS', row, p .. ':who:' .. number, p .. ':all:' .. queue) ~= 0 then break end
  local line = p .. ':line:' .. queue
  if argv[6] ~= '0' and call('ZCARD', line) >= tonumber(argv[6]) then break end
  local agent = call('ZRANGE', p .. ':idle:' .. queue, '0', '0')[1]
  if not agent then break end
  local who = p .. ':a:' .. agent
  local a = call('HMGET', who, 'q', 'f', 'p')
  local levels = a[1]
  if not levels or a[2] or a[3] then break end -- p: their phone is missing somewhere

  local find, sub, at, level = string.find, string.sub, 1, nil
  while at <= #levels do
    local _, e, l, manager, n = find(levels, '^(%d)%a(%a)(%d+):', at)
    at = e + n + 1
    local name = sub(levels, e + 1, at - 1)
    if manager == 'm' then
      call('ZREM', p .. ':mgr:' .. name, agent)
    else
      call('ZREM', p .. ':idle:' .. name, agent)
      if not level and name == queue then level = l end
    end
  end
  local epoch, why = call('INCR', p .. ':e'), 'skill ' .. (level or '')
  call('ZADD', line, argv[18], id)
  call('ZADD', p .. ':due:' .. argv[1], argv[7], id)
  call('SADD', p .. ':sw:' .. argv[14], id)
  call('HSET', row, 'e', epoch, 'w', '1', 'r:' .. agent, why, unpack(argv, 9))
  call('HSET', who, 'k', id, 'l', argv[2])
  call('XADD', p .. ':events', 'MAXLEN', '~', argv[3], '*', 'queued', id, 'node', argv[1], 'queue', queue, 'match', agent)
  return {'plain', epoch, agent, why}
until true
