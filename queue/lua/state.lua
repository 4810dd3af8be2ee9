-- What every script of the board begins with: how calls and agents are read, kept and listed.
-- A script's first line names the files that go before it.
--
-- KEYS[1]  the prefix, with the hotline's {tag}. All further keys are made from it, so they share its Cluster slot:
--   :e              the last fencing number given
--   :c:<call>       hash: q queue, n node, e epoch, s score, k switch, m number, g ring 1 (ms), w agents wanted, x managers
--                   wanted, o owners, h owner's team, y caller's priority, j team to prefer, v everyone, win, at (ms),
--                   u kept for, r:<agent> = why for who rings, p:<agent> while a letter about it is under way, t:<agent> for who
--                   missed, d:<kind> = ms for armed deadlines
--   :b:<call>       the driver's token, when it is long (a value of more than 64 bytes doubles the size of a hash); else field z
--   :a:<agent>      hash: t team, s idle since (ms), c calls, l last offered (ms), q levels, k claim, x talking, f after, p switches where
--                   the phone is missing (only who lacks one has it, so that matching everybody else asks nothing more)
--   :line:<queue>   sorted set of calls that wait, by score          :want: and :wantm:<queue> those that want agents, managers
--   :idle:<queue>   sorted set of idle agents, best first            :mgr:<queue> idle managers; :team:<team> set of agents
--   :own:<agent>    waiting calls of callers whose case they own     :due:<node> a node's calls by their next deadline
--   :kept:<agent>   waiting calls that are kept for them
--   :sw:<switch>    set of calls                                     :all:<queue> it has the strategy ring_all
--   :who:<number>   a known caller                                   :nodes leases, :mail:<node>, :wake:<node>, :events
-- ARGV[1]  this node    ARGV[2]  now, ms    ARGV[3]  length of the event stream
-- Arguments of a script begin at ARGV[4]. Scores are made as score.go says; Lua's doubles hold them exactly. To print a
-- double is what costs most here, so numbers stay strings as long as nobody reckons with them.
local prefix, node, now = KEYS[1] .. ':', ARGV[1], tonumber(ARGV[2])
local redis_call, find, sub, floor = redis.call, string.find, string.sub, math.floor
local SERVED, LEVEL, CALLS, NEVER, EVERYBODY = 2 ^ 50, 2 ^ 49, 2 ^ 37, 2 ^ 53 - 1, 1000000
local calls, agents = {}, {}

-- Names are kept in lists as <length>:<bytes>, so that no byte in them means anything.
local function pack(s) return #s .. ':' .. s end

local function unpack_names(s)
  local list, at = {}, 1
  while at <= #s do
    local _, e, n = find(s, '^(%d+):', at)
    list[#list + 1] = sub(s, e + 1, e + n)
    at = e + n + 1
  end
  return list
end

-- A command with any number of arguments: unpack() has a limit.
local function many(command, key, args)
  if #args <= 1000 then
    if #args > 0 then redis_call(command, key, unpack(args)) end
    return
  end
  for i = 1, #args, 1000 do
    redis_call(command, key, unpack(args, i, math.min(i + 999, #args)))
  end
end

-- A whole number as text: printing it here is cheaper than letting the command print a double.
local function digits(n) return string.format('%d', n) end

-- What a row writes in the end: fields in the order they were set, the last value counts; then those to delete.
local function keep(row, field, value)
  local sets, n = row.sets, row.n_sets
  sets[n + 1], sets[n + 2] = field, value
  row.n_sets = n + 2
  if row.dels then row.dels[field] = nil end
end

local function drop(row, field)
  local dels = row.dels
  if not dels then
    dels = {}
    row.dels = dels
  end
  dels[field] = true
end

local function set(row, field, value)
  row[field] = value
  keep(row, field, type(value) == 'number' and digits(value) or value)
end

local function unset(row, field)
  if row[field] == nil then return end
  row[field] = nil
  drop(row, field)
end

local function new_call(id)
  local c = {id = id, ring = {}, mailed = {}, rings = 0, rings_managers = 0, missed = {}, due = {}, owners = {}, sets = {}, n_sets = 0, listed = {}}
  calls[id] = c
  return c
end

-- Where a call belongs by its state: list name → score, false = not there.
local function places(c)
  local waiting = not c.win
  local score = c.s
  if c.rings > 0 then score = score + SERVED end
  local wanted = waiting and c.w + c.x > 0
  local next = NEVER
  if waiting then
    for _, at in pairs(c.due) do if at < next then next = at end end
  end
  return waiting and c.s, waiting and c.rings - c.rings_managers < c.w and score, waiting and c.rings_managers < c.x and score,
    wanted and c.s, next, waiting and c.u and c.s or false
end

local function load_call(id)
  local c = calls[id]
  if c ~= nil then return c end
  local row = redis_call('HGETALL', prefix .. 'c:' .. id)
  if #row == 0 then
    calls[id] = false
    return false
  end
  c = new_call(id)
  for i = 1, #row, 2 do
    local field, value = row[i], row[i + 1]
    local kind = sub(field, 2, 2) == ':' and sub(field, 1, 1)
    if kind == 'r' then
      c.ring[sub(field, 3)] = value
      c.rings = c.rings + 1
      if value == 'manager' then c.rings_managers = c.rings_managers + 1 end
    elseif kind == 'p' then
      c.mailed[sub(field, 3)] = true
    elseif kind == 't' then
      c.missed[sub(field, 3)] = true
    elseif kind == 'd' then
      c.due[sub(field, 3)] = tonumber(value)
    else
      c[field] = value
    end
  end
  c.e, c.s, c.w, c.x = tonumber(c.e), tonumber(c.s), tonumber(c.w or 0), tonumber(c.x or 0)
  if c.o then c.owners = unpack_names(c.o) end
  local l = c.listed
  l.line, l.want, l.wantm, l.own, l.due, l.kept = places(c)
  l.keeper = c.u
  return c
end

-- Keeps the driver's token; gives it from a row as HGETALL returned it.
local function set_token(c, token)
  if #token > 64 then
    redis_call('SET', prefix .. 'b:' .. c.id, token)
  elseif token ~= '' then
    set(c, 'z', token)
  end
end

local function token_of(c)
  return c.z or redis_call('GET', prefix .. 'b:' .. c.id) or ''
end

-- Removes what is kept of a call, but for its lists.
local function remove_call(c)
  redis_call('SREM', prefix .. 'sw:' .. c.k, c.id)
  if c.z then
    redis_call('DEL', prefix .. 'c:' .. c.id)
  else
    redis_call('DEL', prefix .. 'c:' .. c.id, prefix .. 'b:' .. c.id)
  end
  calls[c.id] = false
end

local function place(key, id, old, new)
  if old == new then return end
  if new then
    redis_call('ZADD', key, digits(new), id)
  elseif old then
    redis_call('ZREM', key, id)
  end
end

local function relist(c, line, want, wantm, own, due, kept)
  local l, id = c.listed, c.id
  place(prefix .. 'line:' .. c.q, id, l.line, line)
  place(prefix .. 'want:' .. c.q, id, l.want, want)
  place(prefix .. 'wantm:' .. c.q, id, l.wantm, wantm)
  if l.own ~= own then
    for _, owner in ipairs(c.owners) do place(prefix .. 'own:' .. owner, id, l.own, own) end
  end
  place(prefix .. 'due:' .. c.n, id, l.due, due)
  l.keeper = c.u or l.keeper -- also when it is kept no longer: off their list
  if l.keeper then place(prefix .. 'kept:' .. l.keeper, id, l.kept, kept) end
  l.line, l.want, l.wantm, l.own, l.due, l.kept = line, want, wantm, own, due, kept
end

-- Puts a call into, or out of, the lists that its state asks for.
local function index(c) relist(c, places(c)) end

local function unindex(c) relist(c, false, false, false, false, false, false) end

local function new_agent(name)
  local a = {name = name, sets = {}, n_sets = 0, t = '', s = '0', c = '0', l = '0', q = ''}
  agents[name] = a
  return a
end

local function load_agent(name)
  local a = agents[name]
  if a ~= nil then return a end
  local row = redis_call('HGETALL', prefix .. 'a:' .. name)
  if #row == 0 then
    agents[name] = false
    return false
  end
  a = new_agent(name)
  for i = 1, #row, 2 do a[row[i]] = row[i + 1] end
  a.idle = not a.k -- on the idle lists, which hold exactly those who have no claim
  return a
end

-- Notes the switches, packed, where an agent's phone is missing.
local function set_lacks(a, lacks)
  if lacks ~= '' then set(a, 'p', lacks) else unset(a, 'p') end
end

-- An agent's levels: {queue, level, strategy letter, manager}.
local function levels(a)
  if a.levels then return a.levels end
  local list, q, at = {}, a.q, 1
  while at <= #q do
    local _, e, level, strategy, manager, n = find(q, '^(%d)(%a)(%a)(%d+):', at)
    list[#list + 1] = {sub(q, e + 1, e + n), tonumber(level), strategy, manager == 'm'}
    at = e + n + 1
  end
  a.levels = list
  return list
end

local function list(a)
  a.idle = true
  local all = levels(a)
  for i = 1, #all do
    local l = all[i]
    local queue, score, strategy = l[1], l[2] * LEVEL, l[3]
    if strategy == 'f' then
      score = score + math.min(tonumber(a.c), 4095) * CALLS + floor(tonumber(a.s) / 100)
    elseif strategy == 'r' then
      score = score + tonumber(a.l)
    else
      score = score + tonumber(a.s)
    end
    if l[4] then
      redis_call('ZADD', prefix .. 'mgr:' .. queue, digits(score), a.name)
    else
      redis_call('ZADD', prefix .. 'idle:' .. queue, digits(score), a.name)
    end
  end
end

local function unlist(a)
  if not a.idle then return end
  a.idle = false
  local all, name = levels(a), a.name
  for i = 1, #all do
    redis_call('ZREM', prefix .. (all[i][4] and 'mgr:' or 'idle:') .. all[i][1], name)
  end
end

-- Who belongs to a team, idle or not.
local function join_team(a, team)
  if a.t == team then return end
  if a.t ~= '' then redis_call('SREM', prefix .. 'team:' .. a.t, a.name) end
  if team ~= '' then redis_call('SADD', prefix .. 'team:' .. team, a.name) end
  set(a, 't', team)
end

-- Off the board: not idle, not ringing, not talking.
local function remove_agent(a)
  agents[a.name] = false
  if a.t ~= '' then redis_call('SREM', prefix .. 'team:' .. a.t, a.name) end
  redis_call('DEL', prefix .. 'a:' .. a.name)
end

local function write(key, row)
  many('HSET', key, row.sets)
  if row.dels then
    local dels = {}
    for field in pairs(row.dels) do dels[#dels + 1] = field end
    many('HDEL', key, dels)
  end
end

-- Writes what changed; every script that changes something ends with it.
local function save()
  for id, c in pairs(calls) do
    if c then write(prefix .. 'c:' .. id, c) end
  end
  for name, a in pairs(agents) do
    if a then write(prefix .. 'a:' .. name, a) end
  end
end

-- Finds a call that this node drives, or says why not.
local function driven(id)
  local c = load_call(id)
  if not c then return nil, {'unknown'} end
  if c.n ~= node then return nil, {'fenced'} end
  return c
end

-- Appends to the stream what happened to whom in this step; its id has the time, pairs are further fields.
local function note(kind, whom, ...)
  redis_call('XADD', prefix .. 'events', 'MAXLEN', '~', ARGV[3], '*', kind, whom, 'node', node, ...)
end
