-- Lines of the form `label: value`, which is how the router prints nearly everything.

local labels = {}

--- An iterator over the lines that have a label: the text before the first colon and the one after it, trimmed.
--- A line is split at its first colon only, so a value that somebody else chose, such as the name of a DHCP client,
--- is never taken for a label.
function labels.each(answer)
  -- Some firmware writes a full-width colon in Japanese.
  local next_line = text.lines((answer:gsub("：", ":")))
  return function()
    for line in next_line do
      local label, value = line:match("^%s*([^:]-)%s*:%s*(.-)%s*$")
      if label then
        return label, value
      end
    end
  end
end

--- Whether the word is somewhere in the label. The word is no pattern.
function labels.has(label, word)
  return label:find(word, 1, true) ~= nil
end

--- Whether the label ends in the word.
function labels.ends_in(label, word)
  return label:sub(-#word) == word
end

return labels
