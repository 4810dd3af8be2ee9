-- Matching: the same decisions, in the same order, as local_match.go.
local matches = {}    -- for this node: call, agent, epoch, why, …
local mail_all = false -- all matches go by mail (restore)

local function claim(c, a, why)
  unlist(a)
  set(a, 'k', c.id)
  set(a, 'l', now)
  unset(a, 'f')
  c.ring[a.name] = why
  c.changed['r:' .. a.name] = why
  c.rings = c.rings + 1
  if why == 'manager' then c.rings_managers = c.rings_managers + 1 end
  if c.n == node and not mail_all then
    local n = #matches
    matches[n + 1], matches[n + 2], matches[n + 3], matches[n + 4] = c.id, a.name, c.e, why
  else
    redis_call('RPUSH', prefix .. 'mail:' .. c.n, pack(c.id) .. pack(a.name) .. pack(why))
    redis_call('PUBLISH', prefix .. 'wake:' .. c.n, '')
  end
end

local function unclaim(c, name)
  if c.ring[name] == 'manager' then c.rings_managers = c.rings_managers - 1 end
  c.rings = c.rings - 1
  c.ring[name] = nil
  c.changed['r:' .. name] = false
end

local function miss(c, name)
  c.missed[name] = true
  c.changed['t:' .. name] = 1
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
    local a = first(team_list(c.q, c.j), c, again)
    if a then return a, 'team' end
  end
  local a, level = first(prefix .. 'idle:' .. c.q, c, again)
  if a then return a, reason(c, a, level) end
end

-- Gives a waiting call the phones that it wants, as far as there are idle ones.
local function fill(c, again)
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

local function owned(a, again)
  local key, from = prefix .. 'own:' .. a.name, 0
  while true do
    local page = redis_call('ZRANGE', key, from, from)
    if #page == 0 then return nil end
    local c = load_call(page[1])
    if not c.missed[a.name] or (again and c.rings == 0) then return c end
    from = from + 1
  end
end

local function missed(id, name)
  local c = calls[id]
  if c then return c.missed[name] end
  return redis_call('HEXISTS', prefix .. 'c:' .. id, 't:' .. name) == 1
end

-- The most urgent call of all queues that the agent serves, and why it is theirs.
local function urgent(a, again)
  local best, score, level, manager
  for _, l in ipairs(levels(a)) do
    local key, from = prefix .. (l[4] and 'wantm:' or 'want:') .. l[1], 0
    while true do
      local page = redis_call('ZRANGE', key, from, from, 'WITHSCORES')
      local s = tonumber(page[2])
      if not s or (again and s >= SERVED) or (best and s > score) then break end
      if again or not missed(page[1], a.name) then
        if not best or s < score or before(page[1], best) then best, score, level, manager = page[1], s, l[2], l[4] end
        break
      end
      from = from + 1
    end
  end
  if not best then return nil end
  local c = load_call(best)
  return c, manager and 'manager' or reason(c, a, level)
end

-- Finds a call for an idle agent.
local function offer(a, again)
  local c, why = owned(a, false), 'owner'
  if not c then c, why = urgent(a, false) end
  if not c and again then
    c, why = owned(a, true), 'owner'
    if not c then c, why = urgent(a, true) end
  end
  if c then
    claim(c, a, why)
    index(c)
  end
end

local function offer_all(freed)
  table.sort(freed, function(a, b)
    if a.s ~= b.s then return a.s < b.s end
    return before(a.name, b.name)
  end)
  for _, a in ipairs(freed) do offer(a, false) end
end

-- Sends everybody who rings for the call, except one, back to the idle lists; names all and gives the idle.
local function free_ringing(c, except)
  local names, freed = {}, {}
  for name in pairs(c.ring) do
    if name ~= except then names[#names + 1] = name end
  end
  if except and c.ring[except] then unclaim(c, except) end
  for _, name in ipairs(names) do
    unclaim(c, name)
    local a = load_agent(name)
    if free(a, true) then freed[#freed + 1] = a end
  end
  return names, freed
end

-- Adds a ladder step's wishes to the call's.
local function apply(c, who, n, team)
  n = tonumber(n)
  local function more(field)
    set(c, field, n <= 0 and EVERYBODY or math.min(c[field] + n, EVERYBODY))
  end
  if who == 'team' then
    if team == '' then team = c.h or '' end
    set(c, 'j', team)
    more('w')
  elseif who == 'best' then
    if redis_call('SISMEMBER', prefix .. 'all', c.q) == 1 then n = 0 end
    more('w')
  elseif who == 'everyone' then
    set(c, 'v', 1)
    more('w')
  elseif who == 'manager' then
    more('x')
  end
end

-- Makes this node the driver of a call.
local function take(c)
  place(prefix .. 'due:' .. c.n, c.id, c.listed.due, false)
  c.listed.due = false
  set(c, 'n', node)
  set(c, 'e', redis_call('INCR', prefix .. 'e'))
  index(c)
end
