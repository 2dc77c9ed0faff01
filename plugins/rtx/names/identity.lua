-- rtx_info, the same with either names.

--- Declares the family and returns the function that emits it. The serial number is a label only if it is asked for.
return function(settings)
  local with_serial = settings.serial
  local identity = info("rtx_info", "Model and firmware of the router.",
    with_serial and { "model", "firmware", "serial" } or { "model", "firmware" })

  return function(values)
    if not values.model then
      return
    elseif with_serial then
      identity(true, values.model, values.firmware or "", values.serial or "")
    else
      identity(true, values.model, values.firmware or "")
    end
  end
end
