-- Lines of the form `label: value`, which is how the router prints nearly everything.

local labels = {}

--- An iterator over the lines. Some firmware writes a full-width colon in Japanese; here it is always the other.
function labels.lines(answer)
  return text.lines((answer:gsub("：", ":")))
end

--- The text before the first colon of the line and the one after it, trimmed; nil without a colon. A value that
--- somebody else chose, such as the name of a DHCP client, is so never taken for a label.
function labels.split(line)
  local colon = line:find(":", 1, true)
  if not colon then
    return nil
  end
  return text.trim(line:sub(1, colon - 1)), text.trim(line:sub(colon + 1))
end

--- An iterator over the labels and values of the lines that have a label.
function labels.each(answer)
  local next_line = labels.lines(answer)
  return function()
    for line in next_line do
      local label, value = labels.split(line)
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
