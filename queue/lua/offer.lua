-- Calls for an agent who comes free: the other half of local_match.go.

local function owned(a, again)
  local key, from = prefix .. 'own:' .. a.name, 0
  while true do
    local page = redis_call('ZRANGE', key, from, from)
    if #page == 0 then return nil end
    local c = load_call(page[1])
    if (not c.missed[a.name] or (again and c.rings == 0)) and reaches(a, c) then return c end
    from = from + 1
  end
end

local function missed(id, name)
  local c = calls[id]
  if c then return c.missed[name] end
  return redis_call('HEXISTS', prefix .. 'c:' .. id, 't:' .. name) == 1
end

-- Those of a page of calls that are at a switch where the agent's phone is missing. Each switch has the set of its calls: that is
-- one command for a page, however many callers of elsewhere stand before the first whom the agent can help.
local function out_of_reach(a, page)
  local ids, away = {}, {}
  for i = 1, #page, 2 do ids[#ids + 1] = page[i] end
  for _, switch in ipairs(unpack_names(a.p)) do
    for i, there in ipairs(redis_call('SMISMEMBER', prefix .. 'sw:' .. switch, unpack(ids))) do
      if there == 1 then away[ids[i]] = true end
    end
  end
  return away
end

-- The most urgent call of all queues that the agent serves and whose switches their phone is at, and why it is theirs.
local function urgent(a, again)
  local best, score, level, manager
  for _, l in ipairs(levels(a)) do
    local key, from, size, done = prefix .. (l[4] and 'wantm:' or 'want:') .. l[1], 0, 1, false
    while not done do
      local page = redis_call('ZRANGE', key, from, from + size - 1, 'WITHSCORES')
      local away = a.p and #page > 0 and out_of_reach(a, page)
      for i = 1, #page, 2 do
        local id, s = page[i], tonumber(page[i + 1])
        done = again and s >= SERVED or best and s > score
        if not done and not (away and away[id]) and (again or not missed(id, a.name)) then
          done = true
          if not best or s < score or before(id, best) then best, score, level, manager = id, s, l[2], l[4] end
        end
        if done then break end
      end
      done = done or #page < 2 * size
      from, size = from + size, math.min(size * 8, 512)
    end
  end
  if not best then return nil end
  local c = load_call(best)
  return c, manager and 'manager' or reason(c, a, level)
end

-- Gives an idle agent the call that is kept for them, before any other.
local function offer_kept(a)
  for _, id in ipairs(redis_call('ZRANGE', prefix .. 'kept:' .. a.name, 0, -1)) do
    local c = load_call(id)
    if c.rings == 0 and reaches(a, c) then
      claim(c, a, 'return')
      index(c)
      return true
    end
  end
  return false
end

-- Finds a call for an idle agent.
local function offer(a, again)
  if offer_kept(a) then return end
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
    if a.s ~= b.s then return tonumber(a.s) < tonumber(b.s) end
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
