-- Adds a ladder step's wishes to the call's.
local function apply(c, who, n, team)
  n = tonumber(n)
  local function more(field)
    set(c, field, n <= 0 and EVERYBODY or math.min(c[field] + n, EVERYBODY))
  end
  if who ~= '' then unset(c, 'u') end -- a step rings others: the call is kept for nobody any more
  if who == 'team' then
    if team == '' then team = c.h or '' end
    set(c, 'j', team)
    more('w')
  elseif who == 'best' then
    if redis_call('EXISTS', prefix .. 'all:' .. c.q) == 1 then n = 0 end
    more('w')
  elseif who == 'everyone' then
    set(c, 'v', 1)
    more('w')
  elseif who == 'manager' then
    more('x')
  end
end
