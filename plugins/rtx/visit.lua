-- One run at one router. Between runs `state` keeps the telnet session, so that a router is logged in to once, and
-- which commands it refused, so that a LAN, PP or tunnel that it does not have is not asked for in every run.

local refusal = require "parse.refusal"

-- Seconds a run spends on looking for interfaces before it leaves the rest to the next one: at a slow router that
-- must not cost the first run its deadline.
local SEARCH_TIME = 3

-- Seconds after which a router that is no longer visited is forgotten.
local FORGET_AFTER = 3600

local CONSOLE_COMMANDS = { "console columns 200", "console lines infinity" }

--- What is known of a router: session, busy (a run is going on, or was cut off), seen (time of the last run),
--- refused (whether, by command), turn (index in the catalogue of the refused command asked last), uptime.
local routers = state.routers or {}
state.routers = routers

local function forget_old(now)
  for key, router in pairs(routers) do
    if now - router.seen > FORGET_AFTER then
      if router.session then
        router.session:close()
      end
      routers[key] = nil
    end
  end
end

local function router_of(target, now)
  local key = (target.name or "") .. "\0" .. target.address
  local router = routers[key]
  if not router then
    forget_old(now)
    router = { refused = {}, turn = 0 }
    routers[key] = router
  end
  router.seen = now
  return router
end

local visit = {}
visit.__index = visit

--- Ends the run. After an error it is not known what the router will say next, so the session ends as well.
function visit:__close(failure)
  if failure ~= nil then
    self:hang_up()
  end
  self.router.busy = false
end

function visit:hang_up()
  local session = self.router.session
  self.router.session = nil
  if session then
    session:close()
  end
end

--- Logs in. Raises when that fails.
function visit:log_in()
  local options = self.target.settings
  local session, message = telnet.open(self.target.address, {
    username = options.username,
    password = options.password or "",
    admin_password = options.admin_password,
    charset = options.charset,
    columns = options.configure_console and 200 or 80,
    timeout = options.timeout,
  })
  if not session then
    error(message, 0)
  end
  self.router.session = session
  self.is_kept_session = false
  if options.configure_console then
    for _, command in ipairs(CONSOLE_COMMANDS) do
      self:ask(command)
    end
  end
end

--- The answer to a command, after a login where there is no session. Raises when there is no answer. A session that
--- the router ended since the last run shows only when it is used: it is then replaced, once.
function visit:ask(command)
  if not self.router.session then
    self:log_in()
  end
  local session = self.router.session
  local answer, message = session:command(command, { timeout = self.target.settings.timeout })
  if answer then
    self.is_kept_session = false
    return answer
  elseif self.is_kept_session and session.closed then
    self:hang_up()
    return self:ask(command)
  end
  error(("%s: %s"):format(command, message), 0)
end

--- The answer to a command that the router may refuse, or nil. After a refusal the command is asked again only when
--- it is its turn. With `can_wait` a command that was never asked may be left to a later run.
function visit:ask_optional(command, can_wait)
  local refused = self.router.refused
  local is_search = can_wait and refused[command] == nil
  if refused[command] and command ~= self.turn or is_search and self.searched > SEARCH_TIME then
    return nil
  end
  local started = time.monotonic()
  local answer = self:ask(command)
  if is_search then
    self.searched = self.searched + time.monotonic() - started
  end
  local reason = refusal(answer)
  if reason and not refused[command] then
    log.debug("command refused", { target = self.target.address, command = command, answer = reason })
  end
  refused[command] = reason ~= nil
  return not reason and answer or nil
end

--- A router that was restarted may have another configuration or firmware: nothing is known of it any more.
function visit:note_uptime(uptime)
  local router = self.router
  if uptime and router.uptime and uptime < router.uptime then
    router.refused = {}
  end
  router.uptime = uptime
end

--- Picks the next of the refused commands. One is asked again in each run, so that what was added is found after as
--- many runs as there are refused commands, at the price of one command.
function visit:take_turn(entries)
  local router = self.router
  for step = 1, #entries do
    local index = (router.turn + step - 1) % #entries + 1
    local command = entries[index].command
    if router.refused[command] then
      router.turn = index
      self.turn = command
      return
    end
  end
end

local visits = {}

--- Begins a run. It must be held in a variable that is `<close>`, so that it ends whatever happens.
function visits.start(target, entries)
  local now = time.monotonic()
  local self = setmetatable({ target = target, router = router_of(target, now), searched = 0 }, visit)
  local router = self.router
  -- A run that is cut off at its deadline leaves its session in the middle of an answer.
  if router.busy or (router.session and router.session.closed) then
    self:hang_up()
  end
  router.busy = true
  self.is_kept_session = router.session ~= nil
  self:take_turn(entries)
  return self
end

return visits
