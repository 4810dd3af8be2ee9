-- after state.lua
-- Adds deadlines to a call.
-- ARGV 4 call · 5 epoch · 6… kind, ms
-- Returns {state}
local c, refused = driven(ARGV[4])
if not c then return refused end
if c.e ~= tonumber(ARGV[5]) then return {'ok'} end
for i = 6, #ARGV, 2 do
  c.due[ARGV[i]] = tonumber(ARGV[i + 1])
  keep(c, 'd:' .. ARGV[i], ARGV[i + 1])
end
index(c)
save()
return {'ok'}
