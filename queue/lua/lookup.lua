-- after state.lua take.lua
-- Reads a call; with '1' this node becomes its driver, with a new epoch.
-- ARGV 4 call · 5 '1' to adopt
-- Returns {state, fields, token}
local c = load_call(ARGV[4])
if not c then return {'unknown'} end
if ARGV[5] == '1' then
  take(c)
  note('adopted', c.id)
  save()
end
return {'ok', redis_call('HGETALL', prefix .. 'c:' .. c.id), token_of(c)}
