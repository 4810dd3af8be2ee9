-- after state.lua
-- Takes an agent off the idle lists.
-- ARGV 4 agent
-- Returns {state, call that rings the agent or ''}
local a = load_agent(ARGV[4])
if not a then return {'ok', ''} end
if a.k and not a.x then
  set(a, 'f', 'gone')
  save()
  return {'ok', a.k}
end
if not a.k then unlist(a) end
remove_agent(a)
note('unready', ARGV[4])
return {'ok', ''}
