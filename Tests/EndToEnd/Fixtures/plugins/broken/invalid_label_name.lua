plugin { help = "Declares a label that belongs to Prometheus." }

gauge("test_broken_label", "A reserved label.", { "__name__" })

function collect() end
