plugin { help = "Does not parse." }

function collect(
end
