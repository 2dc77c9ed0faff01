plugin { help = "Uses names that another plugin uses too." }

function collect()
  family("gauge", "test_conflict_type", "A gauge here.", {})(1)
  family("gauge", "test_conflict_sample", "The same sample in both.", { "from" })(1, "both")
end
