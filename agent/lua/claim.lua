-- Takes the pen for writing presence.
-- KEYS[1] the epoch
-- ARGV[1] the epoch the caller has, 0 for a new one   ARGV[2] the least a new one may be
-- Returns the epoch that holds now: the caller's, unless a greater one was started meanwhile.
local now = tonumber(redis.call('GET', KEYS[1]) or '0')
local mine = tonumber(ARGV[1])
if mine == 0 then
  mine = math.max(now + 1, tonumber(ARGV[2]))
end
if mine > now then
  -- %.0f: no number of ours may be written as 2.97e+07
  redis.call('SET', KEYS[1], string.format('%.0f', mine))
  return mine
end
return now
