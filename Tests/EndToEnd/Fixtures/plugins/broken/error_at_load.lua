plugin { help = "Fails before it is loaded." }

error("no such device")
