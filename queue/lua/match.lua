-- Phones for a call: the same decisions, in the same order, as local_match.go.
local matches = {}    -- for this node: call, agent, epoch, why, …
local mail_all = false -- all matches go by mail (restore)

-- Lua compares strings by the server's locale; lists must not depend on it.
local function before(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = a:byte(i), b:byte(i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

local function claim(c, a, why)
  unlist(a)
  set(a, 'k', c.id)
  set(a, 'l', ARGV[2])
  unset(a, 'f')
  c.ring[a.name] = why
  keep(c, 'r:' .. a.name, why)
  c.rings = c.rings + 1
  if why == 'manager' then c.rings_managers = c.rings_managers + 1 end
  if c.n == node and not mail_all then
    local n = #matches
    matches[n + 1], matches[n + 2], matches[n + 3], matches[n + 4] = c.id, a.name, c.e, why
  else
    c.mailed[a.name] = true
    keep(c, 'p:' .. a.name, '1')
    redis_call('RPUSH', prefix .. 'mail:' .. c.n, pack(c.id) .. pack(a.name))
    redis_call('PUBLISH', prefix .. 'wake:' .. c.n, '')
  end
end

local function unclaim(c, name)
  if c.ring[name] == 'manager' then c.rings_managers = c.rings_managers - 1 end
  c.rings = c.rings - 1
  c.ring[name] = nil
  drop(c, 'r:' .. name)
  if c.mailed[name] then
    c.mailed[name] = nil
    drop(c, 'p:' .. name)
  end
end

local function miss(c, name)
  c.missed[name] = true
  keep(c, 't:' .. name, '1')
end

-- Ends an agent's part in a call and says whether the agent is idle now.
local function free(a, requeue)
  if a.f then requeue = a.f == 'ready' end
  if not requeue then
    remove_agent(a)
    return false
  end
  unset(a, 'k')
  unset(a, 'x')
  unset(a, 'f')
  list(a)
  return true
end

-- Whether packed names contain one. The same few lists come again and again in one step.
local unpacked = {}
local function has(names, name)
  local set = unpacked[names]
  if not set then
    set = {}
    for _, n in ipairs(unpack_names(names)) do set[n] = true end
    unpacked[names] = set
  end
  return set[name]
end

-- Whether an agent's phone can ring at a call's switch.
local function reaches(a, c) return not a.p or not has(a.p, c.k) end

-- The first of a list who did not miss the call (with again: the first) and can be reached for it, their skill level, and where
-- they stand: the next search for this call begins there, for those before were passed over. The best of all is mostly the one;
-- who follows is read by pages, and of an agent only where the phone is missing.
local function first(key, c, again, from)
  local size = 1
  while true do
    local page = redis_call('ZRANGE', key, from, from + size - 1, 'WITHSCORES')
    for i = 1, #page, 2 do
      local name = page[i]
      if again or not c.missed[name] then
        local a = size == 1 and load_agent(name) or agents[name]
        local lacks
        if a then lacks = a.p else lacks = redis_call('HGET', prefix .. 'a:' .. name, 'p') end
        if not lacks or not has(lacks, c.k) then return a or load_agent(name), floor(tonumber(page[i + 1]) / LEVEL), from + (i - 1) / 2 end
      end
    end
    if #page < 2 * size then return nil end
    from, size = from + size, math.min(size * 8, 512)
  end
end

-- The best idle agent of a team in the call's queue.
local function first_of_team(c, again)
  local members = redis_call('SMEMBERS', prefix .. 'team:' .. c.j)
  if #members == 0 then return nil end
  local scores = {}
  for from = 1, #members, 1000 do
    local to = math.min(from + 999, #members)
    for i, s in ipairs(redis_call('ZMSCORE', prefix .. 'idle:' .. c.q, unpack(members, from, to))) do
      local name = members[from + i - 1]
      if s and (again or not c.missed[name]) then scores[name] = tonumber(s) end
    end
  end
  local function better(a, b) return scores[a] < scores[b] or scores[a] == scores[b] and before(a, b) end
  local best
  for name in pairs(scores) do
    if not best or better(name, best) then best = name end
  end
  local a = best and load_agent(best)
  if not a or reaches(a, c) then return a end
  local rest = {}
  for name in pairs(scores) do rest[#rest + 1] = name end
  table.sort(rest, better)
  for i = 2, #rest do
    local lacks = redis_call('HGET', prefix .. 'a:' .. rest[i], 'p')
    if not lacks or not has(lacks, c.k) then return load_agent(rest[i]) end
  end
end

local function reason(c, a, level)
  if c.j and c.j ~= '' and c.j == a.t then return 'team' end
  if c.v or c.w >= EVERYBODY then return 'everyone' end
  return 'skill ' .. level
end

local function pick(c, again, from)
  for _, owner in ipairs(c.owners) do
    local a = (again or not c.missed[owner]) and load_agent(owner)
    if a and not a.k and reaches(a, c) then return a, 'owner', from end
  end
  if c.j and c.j ~= '' then
    local a = first_of_team(c, again)
    if a then return a, 'team', from end
  end
  local a, level, at = first(prefix .. 'idle:' .. c.q, c, again, from)
  if a then return a, reason(c, a, level), at end
end

-- Gives a waiting call the phones that it wants, as far as there are idle ones.
local function fill(c, again)
  if c.u and c.rings == 0 then
    local a = load_agent(c.u)
    if a and not a.k and reaches(a, c) then claim(c, a, 'return') end
  end
  local from = 0
  while c.rings - c.rings_managers < c.w do
    local a, why, at = pick(c, false, from)
    if not a and again and c.rings == 0 then a, why = pick(c, true, 0) end
    if not a then break end
    claim(c, a, why)
    from = at or 0
  end
  from = 0
  while c.rings_managers < c.x do
    local key = prefix .. 'mgr:' .. c.q
    local a, _, at = first(key, c, false, from)
    if not a and again and c.rings == 0 then a = first(key, c, true, 0) end
    if not a then break end
    claim(c, a, 'manager')
    from = at or 0
  end
  index(c)
end
