-- Space on mounted file systems, from /proc/1/mounts and statfs(2).
--
-- statfs on a dead network mount does not return. The calls therefore run side by side with a timeout. A mount
-- whose call did not return is reported with an error and not asked again for a while: every call that hangs costs
-- the host a thread. What is waiting is noted before each call, so a run that was ended while waiting leaves a
-- note, too.

local parse = require "parse"
local mounts_of = require "mounts"

local LABELS = { "device", "mountpoint", "fstype" }

local size = gauge("node_filesystem_size_bytes", "Filesystem size in bytes.", LABELS)
local free = gauge("node_filesystem_free_bytes", "Filesystem free space in bytes.", LABELS)
local available = gauge("node_filesystem_avail_bytes", "Filesystem space available to non-root users in bytes.", LABELS)
local files = gauge("node_filesystem_files", "Filesystem total file nodes.", LABELS)
local files_free = gauge("node_filesystem_files_free", "Filesystem total free file nodes.", LABELS)
local readonly = gauge("node_filesystem_readonly", "Filesystem read-only status.", LABELS)
local device_error = gauge("node_filesystem_device_error",
  "Whether an error occurred while getting statistics for the given device.", LABELS)

local FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 60, 3600

-- By path: when the call was made, and how long it is left alone if it does not return.
state.waiting = state.waiting or {}
state.pauses = state.pauses or {}

local function is_stuck(path)
  local since = state.waiting[path]
  return since and time.monotonic() - since < state.pauses[path]
end

--- Calls statfs and takes note of it. The result is false if the call failed.
local function ask(mount)
  local path = mount.path
  local pause = state.waiting[path] and 2 * state.pauses[path] or FIRST_PAUSE_SECONDS
  state.pauses[path] = math.min(pause, LONGEST_PAUSE_SECONDS)
  state.waiting[path] = time.monotonic()
  local statistics, message = fs.statfs(path)
  state.waiting[path] = nil
  if not statistics then
    log.debug("statfs failed", { path = path, error = message })
  end
  return statistics or false
end

local function emit(mount, statistics)
  local device, mountpoint, fstype = mount.device, mount.mountpoint, mount.fstype
  device_error(not statistics, device, mountpoint, fstype)
  if not statistics then
    return
  end
  local block = statistics.block_size
  size(statistics.blocks * block, device, mountpoint, fstype)
  free(statistics.blocks_free * block, device, mountpoint, fstype)
  available(statistics.blocks_available * block, device, mountpoint, fstype)
  files(statistics.files, device, mountpoint, fstype)
  files_free(statistics.files_free, device, mountpoint, fstype)
  readonly(mount.read_only, device, mountpoint, fstype)
end

--- Forgets what was noted about mounts that are gone: what comes back later is a new mount.
local function forget_others(mounts)
  local present = {}
  for _, mount in ipairs(mounts) do
    present[mount.path] = true
  end
  for path in pairs(state.pauses) do
    if not present[path] then
      state.waiting[path], state.pauses[path] = nil, nil
    end
  end
end

--- The table of mounts as the first process sees it. With hidepid it cannot be seen; then as this process does.
local function read_table(procfs)
  local path = procfs .. "/1/mounts"
  local content = fs.read(path)
  if content then
    return path, content
  end
  path = procfs .. "/mounts"
  return path, parse.read(path)
end

return function(settings)
  local select_mounts = mounts_of(settings)
  local options = { timeout = settings.filesystem.mount_timeout }
  local table_read, mounts, calls

  local function update(path, content)
    mounts, calls = select_mounts(path, content), {}
    for i, mount in ipairs(mounts) do
      calls[i] = function()
        return ask(mount)
      end
    end
    forget_others(mounts)
    table_read = content
  end

  return function()
    local path, content = read_table(settings.procfs)
    if content ~= table_read then
      update(path, content)
    end
    local asked, due = {}, {}
    for i, mount in ipairs(mounts) do
      if is_stuck(mount.path) then
        emit(mount, false)
      else
        asked[#asked + 1], due[#due + 1] = mount, calls[i]
      end
    end
    local results, errors = parallel(due, options)
    for i, mount in ipairs(asked) do
      if errors[i] then
        log.debug("mount point does not answer, it is left alone for a while", { path = mount.path, error = errors[i] })
      end
      emit(mount, results[i] or false)
    end
  end
end
