-- Metrics from *.prom files, as node_exporter's textfile collector has them: what cron jobs and other programs leave.
--
-- Every run reads every file: a comparison of modification times would miss a file that is written twice in a tick of
-- the file system's clock, and reading costs little beside parsing.
--   * OpenMetrics is what ends with the line "# EOF"; everything else is the text format.
--   * The last line must end, so that a file that is being written is not taken for whole.
--   * A file that is broken, has timestamps or exceeds the plugin's limits costs only itself. FIFOs and devices are
--     not opened.
--   * Files that contradict each other are served as far as they go: the first by name decides.

local settings = plugin {
  help = "Metrics from the *.prom files of folders.",

  settings = {
    directory = {
      type = "list",
      default = { "/var/lib/prometheus/node-exporter" },
      help = "Folders whose *.prom files are read; one that does not exist has none.",
    },
    timestamps = {
      type = "string",
      default = "refuse",
      choices = { "refuse", "drop", "keep" },
      help = "What to do with samples that have a timestamp; refuse leaves out the file, as node_exporter does.",
    },
  },

  needs = { files = { "${directory}", "${directory}/*" } },
}

local mtime = gauge("node_textfile_mtime_seconds", "Unixtime mtime of textfiles successfully read.", { "file" })
local scrape_error = gauge("node_textfile_scrape_error",
  "1 if there was an error opening or reading a file, 0 otherwise")
local file_error = gauge("node_textfile_file_error",
  "1 if the file is left out or contradicts another, 0 otherwise.", { "file" })

local NOT_THERE = ": No such file or directory$"

-- What is wrong with each file, as far as it was logged.
local reported = {}

--- The paths of the *.prom files of a folder, sorted. One that is not there has none.
local function files_of(directory, problems)
  local names, message = fs.list(directory)
  if not names then
    if not message:find(NOT_THERE) then
      problems[directory] = message
    end
    return {}
  end
  local paths = {}
  for _, name in ipairs(names) do
    if name:find("%.prom$") then
      paths[#paths + 1] = directory:gsub("/+$", "") .. "/" .. name
    end
  end
  return paths
end

--- Reads a file into the run. Raises why it cannot be.
local function read(path)
  local status = assert(fs.stat(path))
  local content = assert(fs.read(path))
  local result, message = exposition.emit(content, {
    source = path,
    timestamps = settings.timestamps,
    whole_lines = true,
    over_limit = "refuse",
  })
  if not result then
    error(message, 0)
  end
  mtime(status.mtime, path)
  if result.duplicates > 0 then
    return ("%s: %d samples are there twice"):format(path, result.duplicates)
  end
end

--- Notes for each file in how far another, or the plugin itself, says the contrary.
local function find_conflicts(problems)
  for _, conflict in ipairs(exposition.conflicts()) do
    local path = conflict.source
    if conflict.reason ~= "help" then
      problems[path] = problems[path] or ("%s: %s of %s conflicts with %s, %d samples are left out"):format(
        path, conflict.reason, conflict.family, conflict.kept_source, conflict.samples)
    else
      log.debug("help differs", { family = conflict.family, file = path, other = conflict.kept_source })
    end
  end
end

--- Logs what is new.
local function report(problems)
  for path, problem in pairs(problems) do
    if reported[path] ~= problem then
      log.warn(problem)
    end
  end
  reported = problems
end

function collect()
  local problems, paths = {}, {}
  for _, directory in ipairs(settings.directory) do
    for _, path in ipairs(files_of(directory, problems)) do
      paths[#paths + 1] = path
      local ok, message = pcall(read, path)
      if not ok or message then
        problems[path] = message
      end
    end
  end
  find_conflicts(problems)
  for _, path in ipairs(paths) do
    file_error(problems[path] ~= nil, path)
  end
  scrape_error(next(problems) ~= nil)
  report(problems)
end
