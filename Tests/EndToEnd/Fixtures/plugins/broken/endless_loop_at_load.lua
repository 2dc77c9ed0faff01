plugin { help = "Never gets loaded." }

while true do end
