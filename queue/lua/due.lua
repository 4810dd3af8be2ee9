-- after state.lua
-- Lists deadlines of this node's calls that are due.
-- ARGV 4 by, ms · 5 most calls
-- Returns {state, {call, epoch, kind, ms, …}}
local by, due = tonumber(ARGV[4]), {}
for _, id in ipairs(redis_call('ZRANGEBYSCORE', prefix .. 'due:' .. node, '-inf', by, 'LIMIT', 0, ARGV[5])) do
  local c = load_call(id)
  for kind, at in pairs(c.due) do
    if at <= by then
      local n = #due
      due[n + 1], due[n + 2], due[n + 3], due[n + 4] = id, c.e, kind, at
    end
  end
end
return {'ok', due}
