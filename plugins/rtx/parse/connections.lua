-- `show ip connection summary` and `show ipv6 connection summary`, English in either language.

--- The numbers of sessions and channels; nil where the router does not say them.
return function(answer)
  return {
    sessions = tonumber(answer:match("Total Session:%s*(%d+)")),
    channels = tonumber(answer:match("Total Channel:%s*(%d+)")),
  }
end
