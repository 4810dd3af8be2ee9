-- after state.lua match.lua offer.lua
-- Writes what a node knows over what the board holds.
-- ARGV 4 'agents' · 5… agent, team, idle since, calls, last offered, levels, switches where the phone is missing, call,
--                   talking, after
-- ARGV 4 'calls'  · 5… call, epoch, queue, switch, number, ring 1, score, agents and managers wanted, owners, owner's team,
--                   caller's priority, team, everyone, winner, answered at, token, kept for, n deadlines, n ringing, n missed, then
--                   (kind, ms)…, (agent, why)…, agent…
-- ARGV 4 'settle' · 5… agents, who come free when their call is gone
-- ARGV 4 'kept'   · 5… agents who take the calls that are kept for them
-- ARGV 4 'fill'   · 5… calls that take the agents they want
-- ARGV 4 'offer'  · 5… agents who take the calls that want them
-- Returns {state, calls that another node took over, further calls to fill, further agents to offer}. All matches go by mail.
mail_all = true
local at = 4
local fenced, hungry, idle = {}, {}, {}

local function arg()
  at = at + 1
  return ARGV[at]
end

local function restore_agent()
  local name, team, since, taken, last, q, lacks, id, talking, after = arg(), arg(), arg(), arg(), arg(), arg(), arg(), arg(), arg(), arg()
  local a = load_agent(name)
  local keep
  if a and a.k then
    local c = not a.x and load_call(a.k)
    if c and c.ring[name] and (c.id ~= id or talking == '1') then
      if c.n ~= node and id == '' then
        keep = true -- another node rings them; only this node believed them idle
      else
        unclaim(c, name)
        index(c)
        hungry[#hungry + 1] = c.id
      end
    end
  elseif a then
    unlist(a)
  end
  a = a or new_agent(name)
  a.levels = nil
  join_team(a, team)
  set(a, 's', since)
  set(a, 'c', taken)
  set(a, 'l', last)
  set(a, 'q', q)
  set_lacks(a, lacks)
  unset(a, 'x')
  if keep then
    set(a, 'f', 'ready')
    return
  end
  unset(a, 'k')
  unset(a, 'f')
  if id ~= '' then set(a, 'k', id) else list(a) end
  if talking == '1' then set(a, 'x', 1) end
  if after ~= '' then set(a, 'f', after) end
end

-- An agent whom the restored call claims; false when they belong elsewhere.
local function claimed(name, c)
  local a = load_agent(name)
  if not a then
    a = new_agent(name)
    set(a, 'k', c.id)
    return a, true
  end
  if a.k then return a.k == c.id and not a.x and a end
  unlist(a)
  set(a, 'k', c.id)
  return a
end

local function forget(c, ring, winner)
  for name in pairs(c.ring) do
    local a = not ring[name] and name ~= winner and load_agent(name)
    if a and a.k == c.id and free(a, true) then idle[#idle + 1] = name end
  end
  if c.win and c.win ~= winner then
    local a = load_agent(c.win)
    if a and a.k == c.id then remove_agent(a) end
  end
  unindex(c)
  remove_call(c)
end

-- Binds the winner to the call, unless they came free since.
local function restore_winner(c, name)
  local a = load_agent(name)
  if not a then
    set(claimed(name, c), 'x', 1)
  elseif a.k == c.id and not a.x then
    if a.f == 'ready' then
      free(a, true)
      idle[#idle + 1] = name
    else -- the board took them for ringing
      set(a, 'x', 1)
      unset(a, 'f')
    end
  end
end

local function restore_call()
  local id, epoch, queue, switch, number, ring1, score, w, x = arg(), arg(), arg(), arg(), arg(), arg(), arg(), arg(), arg()
  local owners, team, priority, prefer, everyone, winner, answered, token, kept = arg(), arg(), arg(), arg(), arg(), arg(), arg(), arg(), arg()
  local deadlines, rings, misses = tonumber(arg()), tonumber(arg()), tonumber(arg())
  local due, ring, missed = {}, {}, {}
  for _ = 1, deadlines do
    local kind = arg()
    due[kind] = arg()
  end
  for _ = 1, rings do
    local name = arg()
    ring[name] = arg()
  end
  for _ = 1, misses do missed[#missed + 1] = arg() end

  local c = load_call(id)
  if c and c.n ~= node and c.e > tonumber(epoch) then
    fenced[#fenced + 1] = id
    return
  end
  if c then forget(c, ring, winner) end
  c = new_call(id)
  set(c, 'q', queue)
  set(c, 'n', node)
  set(c, 'e', tonumber(epoch))
  set(c, 'k', switch)
  set(c, 'g', ring1)
  set(c, 's', tonumber(score))
  set(c, 'w', tonumber(w))
  set(c, 'x', tonumber(x))
  if number ~= '' then set(c, 'm', number) end
  if owners ~= '' then
    set(c, 'o', owners)
    c.owners = unpack_names(owners)
  end
  if team ~= '' then set(c, 'h', team) end
  if priority ~= '0' then set(c, 'y', priority) end
  if prefer ~= '' then set(c, 'j', prefer) end
  if everyone == '1' then set(c, 'v', 1) end
  if kept ~= '' then set(c, 'u', kept) end
  set_token(c, token)
  for kind, ms in pairs(due) do
    c.due[kind] = tonumber(ms)
    keep(c, 'd:' .. kind, ms)
  end
  for _, name in ipairs(missed) do miss(c, name) end
  for name, why in pairs(ring) do
    local a, stranger = claimed(name, c)
    if a then
      if stranger then set(a, 'f', 'gone') end
      c.ring[name] = why
      keep(c, 'r:' .. name, why)
      c.rings = c.rings + 1
      if why == 'manager' then c.rings_managers = c.rings_managers + 1 end
    end
  end
  if winner ~= '' then
    set(c, 'win', winner)
    set(c, 'at', answered)
    restore_winner(c, winner)
  end
  redis_call('SADD', prefix .. 'sw:' .. switch, id)
  if tonumber(redis_call('GET', prefix .. 'e') or 0) < c.e then redis_call('SET', prefix .. 'e', c.e) end
  index(c)
end

-- Frees an agent whose call does not know them: it ended, or went to another node.
local function settle(a)
  local c = load_call(a.k)
  if c and (a.x and c.win == a.name or not a.x and c.ring[a.name]) then return end
  free(a, not a.x)
end

while at < #ARGV do
  if ARGV[4] == 'agents' then
    restore_agent()
  elseif ARGV[4] == 'calls' then
    restore_call()
  elseif ARGV[4] == 'fill' then
    local c = load_call(arg())
    if c and not c.win then fill(c, false) end
  elseif ARGV[4] == 'kept' then
    local a = load_agent(arg())
    if a and not a.k then offer_kept(a) end
  elseif ARGV[4] == 'settle' then
    local a = load_agent(arg())
    if a and a.k then settle(a) end
  else
    local a = load_agent(arg())
    if a and not a.k then offer(a, true) end
  end
end
note('restored', ARGV[4])
save()
return {'ok', fenced, hungry, idle}
