-- after state.lua
-- Says whether a deadline may fire now, and takes it off.
-- ARGV 4 call · 5 epoch · 6 kind
-- Returns {state, 1 or 0}
local c = load_call(ARGV[4])
if not c or c.n ~= node or c.e ~= tonumber(ARGV[5]) or c.win then return {'ok', 0} end
local at = c.due[ARGV[6]]
if not at or at > now then return {'ok', 0} end
c.due[ARGV[6]] = nil
c.changed['d:' .. ARGV[6]] = false
index(c)
save()
return {'ok', 1}
