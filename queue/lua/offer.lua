-- Calls for an agent who comes free: the other half of local_match.go.

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

-- Gives an idle agent the call that is kept for them, before any other.
local function offer_kept(a)
  for _, id in ipairs(redis_call('ZRANGE', prefix .. 'kept:' .. a.name, 0, -1)) do
    local c = load_call(id)
    if c.rings == 0 then
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
