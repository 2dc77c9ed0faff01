-- Answers that say no: `Error: Parameter out of range`, `エラー：コマンド名を確認してください`.

local PREFIXES = { "Error:", "エラー:", "エラー：" }

--- Why the router refused the command, or nil if it did not. A line with a caret may come before.
return function(answer)
  for line in text.lines(answer) do
    local trimmed = text.trim(line)
    for _, prefix in ipairs(PREFIXES) do
      if trimmed:sub(1, #prefix) == prefix then
        return text.trim(trimmed:sub(#prefix + 1))
      end
    end
    if trimmed ~= "" and trimmed ~= "^" then
      return nil
    end
  end
  return nil
end
