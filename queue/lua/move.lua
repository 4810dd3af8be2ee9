-- after state.lua match.lua
-- Moves a waiting call into another queue.
-- ARGV 4 call · 5 queue
-- Returns {state, matches}
local c, refused = driven(ARGV[4])
if not c then return refused end
if c.win then return {'taken', c.win} end
unindex(c)
set(c, 'q', ARGV[5])
fill(c, false)
note('moved', c.id, 'queue', ARGV[5])
save()
return {'ok', matches}
