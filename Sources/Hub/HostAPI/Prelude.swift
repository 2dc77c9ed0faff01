/// What of the plugin API is written in Lua.
///
/// It runs before the plugin, in the same state.
enum Prelude {
    static let source = Array(
        (start + TapeAPI.prelude + core + NetworkPrelude.source + SNMPPrelude.source + TextAPI.prelude).utf8
    )

    private static let start = """
        local host = host__
        host__ = nil

        """

    private static let core = """
        local create, error, pairs, select, tostring, type = coroutine.create, error, pairs, select, tostring, type
        local pcall = pcall
        local find, sub, concat = string.find, string.sub, table.concat

        os.uname = host.uname

        function print(...)
          local parts = {}
          for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
          log.info(concat(parts, "\\t"))
        end

        local read = fs.read
        function fs.lines(path)
          local content, message = read(path)
          if not content then return nil, message end
          local from, size = 1, #content
          return function()
            if from > size then return nil end
            local stop = find(content, "\\n", from, true) or size + 1
            local line = sub(content, from, stop - 1)
            from = stop + 1
            return line
          end
        end

        local loaded = {}
        function require(name)
          if type(name) ~= "string" then error("require: name must be a string", 2) end
          local module = loaded[name]
          if module == loaded then error("require: loop in " .. name, 2) end
          if module ~= nil then return module end
          local chunk = host.chunk(name)
          if not chunk then error("require: no file " .. name .. ".lua in the plugin's folder", 2) end
          loaded[name] = loaded
          local isLoaded
          isLoaded, module = pcall(chunk, name)
          if not isLoaded then loaded[name] = nil error(module, 0) end
          if module == nil then module = true end
          loaded[name] = module
          return module
        end

        function parallel(functions, options)
          if type(functions) ~= "table" then error("parallel: functions must be a table", 2) end
          local values, threads = {}, {}
          for i = 1, #functions do
            local f = functions[i]
            if type(f) ~= "function" then error("parallel: item " .. i .. " must be a function, got " .. type(f), 2) end
            threads[i] = create(function() values[i] = f() end)
          end
          options = options or {}
          if type(options) ~= "table" then error("parallel: options must be a table", 2) end
          return values, host.parallel(threads, options.limit or #threads, options.timeout or 0)
        end

        """
}
