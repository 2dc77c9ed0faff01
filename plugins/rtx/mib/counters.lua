-- Counters of 32 bits carried on to 64, and the time since the start, which wraps after 497 days, from run to run.

local WRAP = 1 << 32

local TICKS_PER_SECOND = 100
-- What the router's clock and ours may differ by when a time that wrapped is told from a restart: seconds, and a share
-- of the time that has passed.
local TOLERANCE, DRIFT = 60, 0.001

local counters = {}

--- The value of a counter that never wraps. `known` keeps `raw` and `total` by name; one that is smaller than in the
--- last run has wrapped, once as far as anybody can tell. With `known` empty, as after a restart, it begins anew.
function counters.extend(known, name, raw)
  if not raw then
    known[name] = nil
    return nil
  end
  local counter = known[name]
  if not counter then
    counter = { raw = raw, total = raw }
    known[name] = counter
  end
  counter.total = counter.total + (raw - counter.raw) % WRAP
  counter.raw = raw
  return counter.total
end

--- Whether a counter of octets can have wrapped more than once in this many seconds at this speed (bits per second).
function counters.may_be_lost(seconds, speed)
  return seconds * speed / 8 > WRAP
end

--- The seconds since the router's start, and whether it was started since the last run. `known` keeps `ticks`, `at`
--- (seconds of a clock of ours) and `wraps`.
function counters.uptime(known, ticks, now)
  local is_restart = false
  if known.ticks then
    local passed = now - known.at
    local lag = known.ticks + passed * TICKS_PER_SECOND - ticks
    local tolerance = (TOLERANCE + passed * DRIFT) * TICKS_PER_SECOND
    if math.abs(lag - WRAP) <= tolerance then
      known.wraps = known.wraps + 1
    elseif lag > tolerance then
      known.wraps, is_restart = 0, true
    end
  else
    known.wraps = 0
  end
  known.ticks, known.at = ticks, now
  return (known.wraps * WRAP + ticks) / TICKS_PER_SECOND, is_restart
end

return counters
