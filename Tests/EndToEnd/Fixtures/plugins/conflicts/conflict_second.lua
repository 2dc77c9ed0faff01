plugin { help = "Uses names that another plugin uses too." }

function collect()
  family("untyped", "test_conflict_type", "Untyped here.", {})(2)
  local sample = family("gauge", "test_conflict_sample", "The same sample in both.", { "from" })
  sample(2, "both")
  sample(3, "second")
end
