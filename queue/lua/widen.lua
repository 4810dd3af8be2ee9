-- after state.lua match.lua ladder.lua
-- Rings more phones for a call.
-- ARGV 4 call · 5 epoch · 6 who · 7 more · 8 team
-- Returns {state, matches}
local c, refused = driven(ARGV[4])
if not c then return refused end
if c.e ~= tonumber(ARGV[5]) or c.win then return {'ok', matches} end
apply(c, ARGV[6], ARGV[7], ARGV[8])
fill(c, true)
note('widened', c.id, 'who', ARGV[6], 'added', #matches / 4)
save()
return {'ok', matches}
