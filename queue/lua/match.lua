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

-- The first of a list who did not miss the call (with again: the first), and their skill level.
local function first(key, c, again)
  local from = 0
  while true do
    local page = redis_call('ZRANGE', key, from, from, 'WITHSCORES')
    if #page == 0 then return nil end
    if again or not c.missed[page[1]] then return load_agent(page[1]), floor(tonumber(page[2]) / LEVEL) end
    from = from + 1
  end
end

-- The best idle agent of a team in the call's queue.
local function first_of_team(c, again)
  local members = redis_call('SMEMBERS', prefix .. 'team:' .. c.j)
  if #members == 0 then return nil end
  local best, score
  for from = 1, #members, 1000 do
    local to = math.min(from + 999, #members)
    for i, s in ipairs(redis_call('ZMSCORE', prefix .. 'idle:' .. c.q, unpack(members, from, to))) do
      local name = members[from + i - 1]
      s = s and tonumber(s)
      if s and (again or not c.missed[name]) and (not best or s < score or s == score and before(name, best)) then
        best, score = name, s
      end
    end
  end
  return best and load_agent(best)
end

local function reason(c, a, level)
  if c.j and c.j ~= '' and c.j == a.t then return 'team' end
  if c.v or c.w >= EVERYBODY then return 'everyone' end
  return 'skill ' .. level
end

local function pick(c, again)
  for _, owner in ipairs(c.owners) do
    local a = (again or not c.missed[owner]) and load_agent(owner)
    if a and not a.k then return a, 'owner' end
  end
  if c.j and c.j ~= '' then
    local a = first_of_team(c, again)
    if a then return a, 'team' end
  end
  local a, level = first(prefix .. 'idle:' .. c.q, c, again)
  if a then return a, reason(c, a, level) end
end

-- Gives a waiting call the phones that it wants, as far as there are idle ones.
local function fill(c, again)
  if c.u and c.rings == 0 then
    local a = load_agent(c.u)
    if a and not a.k then claim(c, a, 'return') end
  end
  while c.rings - c.rings_managers < c.w do
    local a, why = pick(c, false)
    if not a and again and c.rings == 0 then a, why = pick(c, true) end
    if not a then break end
    claim(c, a, why)
  end
  while c.rings_managers < c.x do
    local key = prefix .. 'mgr:' .. c.q
    local a = first(key, c, false)
    if not a and again and c.rings == 0 then a = first(key, c, true) end
    if not a then break end
    claim(c, a, 'manager')
  end
  index(c)
end
