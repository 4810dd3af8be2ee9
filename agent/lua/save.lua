-- Writes copies of presence, over older versions only.
-- KEYS[1] the epoch   KEYS[2] hash: login -> "<version> <json>"
-- ARGV[1] the caller's epoch, then for each copy: login, version, json ('' deletes)
-- Returns the epoch that holds now, then the logins for which a newer version is stored. With another epoch than the
-- caller's nothing is written: greater, and somebody else has the pen; smaller, and the store lost its memory.
local now = tonumber(redis.call('GET', KEYS[1]) or '0')
local answer = { now }
if now ~= tonumber(ARGV[1]) then
  return answer
end
for i = 2, #ARGV, 3 do
  local stored = redis.call('HGET', KEYS[2], ARGV[i])
  local version = stored and tonumber(string.match(stored, '^(%d+) ')) or -1
  if version > tonumber(ARGV[i + 1]) then
    answer[#answer + 1] = ARGV[i]
  elseif ARGV[i + 2] == '' then
    redis.call('HDEL', KEYS[2], ARGV[i])
  else
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1] .. ' ' .. ARGV[i + 2])
  end
end
return answer
