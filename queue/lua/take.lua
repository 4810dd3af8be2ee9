-- Makes this node the driver of a call.
local function take(c)
  place(prefix .. 'due:' .. c.n, c.id, c.listed.due, false)
  c.listed.due = false
  set(c, 'n', node)
  set(c, 'e', redis_call('INCR', prefix .. 'e'))
  -- Its new driver learns who rings from the call itself.
  for name in pairs(c.mailed) do drop(c, 'p:' .. name) end
  c.mailed = {}
  index(c)
end
