import CLua

/// The table functions in Lua, as ltablib.c has them: for what is too large for one call in C, for tables with
/// metamethods, and for sorting.
///
/// Here every step stops at the hook, and metamethods and comparators may wait.
enum TablePrelude {
    /// The chunk is called with Lua's own `concat` and `unpack`, `error`, `type` and `math.tointeger`; it returns a table
    /// of functions.
    static let source = """
        local concat, unpack, error, type, tointeger = ...
        local prelude = {}

        local function length(t)
          return tointeger(#t) or error("object length is not an integer")
        end
        \(insertAndRemove)
        \(moveAndConcat)
        \(sorter(name: "sort_by_order", less: { "\($0) < \($1)" }))
        \(sorter(name: "sort_by_function", less: { "less(\($0), \($1))" }))
        \(sort)
        return prelude
        """

    private static let insertAndRemove = """
        function prelude.insert(t, count, position, value)
          local size = length(t) + 1
          if count == 2 then
            t[size] = position
            return
          end
          if position < 1 or position > size then
            error("bad argument #2 to 'insert' (position out of bounds)")
          end
          for i = size, position + 1, -1 do t[i] = t[i - 1] end
          t[position] = value
        end

        function prelude.remove(t, position)
          local size = length(t)
          position = position or size
          if position ~= size and (position < 1 or position > size + 1) then
            error("bad argument #1 to 'remove' (position out of bounds)")
          end
          local value = t[position]
          while position < size do
            t[position] = t[position + 1]
            position = position + 1
          end
          t[position] = nil
          return value
        end
        """

    private static let moveAndConcat = """
        function prelude.move(from, first, last, target, to)
          if last < first then return to end
          if target > last or target <= first or from ~= to then
            for i = 0, last - first do to[target + i] = from[first + i] end
          else
            for i = last - first, 0, -1 do to[target + i] = from[first + i] end
          end
          return to
        end

        local function piece(t, first, last)
          local items, count = {}, 0
          for i = first, last do
            local value = t[i]
            local kind = type(value)
            if kind ~= "string" and kind ~= "number" then
              error("invalid value (" .. kind .. ") at index " .. i .. " in table for 'concat'")
            end
            count = count + 1
            items[count] = value
          end
          return items
        end

        local pieceSize = 4096
        function prelude.concat(t, separator, first, last)
          first = first or 1
          last = last or length(t)
          local pieces, count = {}, 0
          while first <= last do
            local pieceEnd = last
            if last - first >= pieceSize or last - first < 0 then pieceEnd = first + pieceSize - 1 end
            count = count + 1
            pieces[count] = concat(piece(t, first, pieceEnd), separator)
            if count == pieceSize then pieces, count = {concat(pieces, separator)}, 1 end
            if pieceEnd == last then break end
            first = pieceEnd + 1
          end
          return concat(pieces, separator)
        end

        function prelude.unpack(t, first, last)
          first = first or 1
          last = last or length(t)
          if first > last then return end
          if last - first < 0 or last - first >= \(CLUA_RESULT_LIMIT) then error("too many results to unpack") end
          local items = {}
          for i = first, last do items[i - first + 1] = t[i] end
          return unpack(items, 1, last - first + 1)
        end
        """

    /// The quicksort of ltablib.c with one way to compare.
    ///
    /// It reads, compares and writes in the same order, and raises the same error for an order that is none.
    private static func sorter(name: String, less: (String, String) -> String) -> String {
        """
        local function \(name)(t, low, high, less, spread)
          while low < high do
            local a, b = t[low], t[high]
            if \(less("b", "a")) then
              t[low] = b
              t[high] = a
            end
            if high - low == 1 then return end
            local middle = (low + high) // 2
            if spread > 0 and high - low > 100 then
              local quarter = (high - low) // 4
              middle = spread % (quarter * 2) + low + quarter
            end
            local pivot = t[middle]
            a = t[low]
            if \(less("pivot", "a")) then
              t[middle] = a
              t[low] = pivot
            else
              b = t[high]
              if \(less("b", "pivot")) then
                t[middle] = b
                t[high] = pivot
              end
            end
            if high - low == 2 then return end
            pivot = t[middle]
            t[middle] = t[high - 1]
            t[high - 1] = pivot
            local i, j = low, high - 1
            while true do
              i = i + 1
              a = t[i]
              while \(less("a", "pivot")) do
                if i == high - 1 then error("invalid order function for sorting") end
                i = i + 1
                a = t[i]
              end
              j = j - 1
              b = t[j]
              while \(less("pivot", "b")) do
                if j < i then error("invalid order function for sorting") end
                j = j - 1
                b = t[j]
              end
              if j < i then break end
              t[i] = b
              t[j] = a
            end
            t[high - 1] = a
            t[i] = pivot
            local shorter
            if i - low < high - i then
              \(name)(t, low, i - 1, less, spread)
              shorter = i - low
              low = i + 1
            else
              \(name)(t, i + 1, high, less, spread)
              shorter = high - i
              high = i - 1
            end
            if (high - low) // 128 > shorter then spread = spread * 5 + 2147483647 & 0x7fffffff end
          end
        end
        """
    }

    private static let sort = """
        function prelude.sort(t, less)
          local size = length(t)
          if size < 2 then return end
          if size >= 2147483647 then error("bad argument #1 to 'sort' (array too big)") end
          if less == nil then
            sort_by_order(t, 1, size, nil, 0)
          elseif type(less) == "function" then
            sort_by_function(t, 1, size, less, 0)
          else
            error("bad argument #2 to 'sort' (function expected, got " .. type(less) .. ")")
          end
        end
        """
}
