/// `snmp`: what of it is written in Lua.
enum SNMPPrelude {
    static let source = """
        do
          local get, walk, columns, take = host.snmp.get, host.snmp.walk, host.snmp.table, host.snmp.piece
          local sub = string.sub

          snmp.get = get

          function snmp.walk(target, root, options)
            local answer, message = walk(target, root, options)
            if not answer then return nil, message end
            -- All of it is taken at once, so that it may be read whenever the script likes.
            local pieces, count = {}, 0
            while true do
              local names, values, types = take(answer)
              if not names then break end
              count = count + 1
              pieces[count] = { names, values, types, #names }
            end
            local number, place, piece = 0, 0, { n = 0, [4] = 0 }
            return function()
              if place == piece[4] then
                if number == count then return nil end
                number, place = number + 1, 0
                piece = pieces[number]
              end
              place = place + 1
              return piece[1][place], piece[2][place], piece[3][place]
            end
          end

          function snmp.table(target, names, options)
            local answer, message = columns(target, names, options)
            if not answer then return nil, message end
            local found, order, count = {}, {}, 0
            while true do
              local indexes, cells = take(answer)
              if not indexes then return found, order end
              for i = 1, #indexes do
                count = count + 1
                order[count] = indexes[i]
                found[indexes[i]] = cells[i]
              end
            end
          end

          function snmp.suffix(name, root)
            if name == nil then return nil end
            if type(name) ~= "string" or type(root) ~= "string" then
              error("snmp.suffix: name and root must be strings, got a " .. type(name) .. " and a " .. type(root), 2)
            end
            if sub(name, 1, 1) == "." then name = sub(name, 2) end
            if sub(root, 1, 1) == "." then root = sub(root, 2) end
            if name == root then return "" end
            if sub(name, 1, #root + 1) == root .. "." then return sub(name, #root + 2) end
            return nil
          end

          snmp.settings = {
            version = { type = "string", default = "2c", choices = { "1", "2", "2c", "3" }, help = "Version of SNMP." },
            community = { type = "secret", help = "Community of versions 1 and 2c; without one, public." },
            username = { type = "string", help = "User of version 3." },
            security_level = {
              type = "string", choices = { "noAuthNoPriv", "authNoPriv", "authPriv" },
              help = "Protection of version 3; without it, what the passwords allow.",
            },
            auth_protocol = {
              type = "string", default = "SHA", choices = { "MD5", "SHA", "SHA224", "SHA256", "SHA384", "SHA512" },
              help = "What messages are signed with.",
            },
            password = { type = "secret", help = "Password for the signature." },
            priv_protocol = {
              type = "string", default = "AES", choices = { "DES", "AES", "AES192", "AES256", "AES192C", "AES256C" },
              help = "What messages are enciphered with.",
            },
            priv_password = { type = "secret", help = "Password for the cipher." },
            context_name = { type = "string", help = "Context of version 3." },
            timeout = { type = "duration", default = 2, help = "How long the agent may take for an answer." },
            retries = { type = "integer", default = 3, help = "How often a request without an answer is sent again." },
            max_repetitions = { type = "integer", default = 25, help = "Objects in one answer of a walk." },
          }
        end

        """
}
