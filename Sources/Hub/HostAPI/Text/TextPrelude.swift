extension TextAPI {
    /// The functions that are written in Lua; they are added to the table `text`.
    ///
    /// No pattern here takes more than linear time.
    static let prelude = """
        do
          local text = text
          local byte, find, gmatch, match, sub = string.byte, string.find, string.gmatch, string.match, string.sub

          local function check(value, position, name)
            if type(value) ~= "string" then
              error("bad argument #" .. position .. " to 'text." .. name .. "' (string expected, got "
                .. type(value) .. ")", 3)
            end
          end

          function text.columns(s)
            check(s, 1, "columns")
            local words, count = {}, 0
            for word in gmatch(s, "%S+") do
              count = count + 1
              words[count] = word
            end
            return words
          end

          function text.lines(s)
            check(s, 1, "lines")
            local from, size = 1, #s
            return function()
              if from > size then return nil end
              local stop = find(s, "\\n", from, true) or size + 1
              local last = stop - 1
              if last >= from and byte(s, last) == 13 then last = last - 1 end
              local line = sub(s, from, last)
              from = stop + 1
              return line
            end
          end

          function text.split(s, separator)
            check(s, 1, "split")
            check(separator, 2, "split")
            if separator == "" then error("text.split: separator must not be empty", 2) end
            local parts, count, from = {}, 0, 1
            while true do
              local first, last = find(s, separator, from, true)
              count = count + 1
              if not first then
                parts[count] = sub(s, from)
                return parts
              end
              parts[count] = sub(s, from, first - 1)
              from = last + 1
            end
          end

          function text.trim(s)
            check(s, 1, "trim")
            local from = find(s, "%S")
            return from and match(s, ".*%S", from) or ""
          end
        end

        """
}
