import LuaSandbox

/// What the prelude wraps the functions of the plugin API with while a run is recorded or played.
///
/// Requests of HTTP and connections are taken where their bytes pass, so that what reads them is played, too.
enum TapeAPI {
    static let functions: [(name: String, function: HostFunction)] = [("note", note), ("play", play)]

    /// Arguments: a name, a list of arguments, and a list of results, each with its length as `n`.
    private static let note: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            guard let tape = instance.tape, let name = call.string(1) else { return 0 }
            tape.note(name, try list(call, 2), try list(call, 3))
            return 0
        }
    }

    /// Arguments: a name and a list of arguments; answers what was recorded.
    private static let play: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            guard let tape = instance.tape, let name = call.string(1) else { return 0 }
            guard let results = tape.results(of: name, try list(call, 2)) else {
                throw MisuseError(text: "\(tape.missing.last ?? name) is not in the recorded case")
            }
            var plan = Plan()
            for result in results { result.push(to: &plan) }
            return call.answer(plan)
        }
    }

    private static func list(_ call: HostCall, _ index: Int) throws(MisuseError) -> [LuaValue] {
        var reader = LuaValueReader(call, limit: LuaValueReader.document)
        let value: LuaValue
        do throws(CopyError) { value = try reader.read(index) } catch { throw MisuseError(text: error.text) }
        guard case .table(let items, let fields) = value else { return [] }
        guard case .integer(let count)? = value["n"] else { return items }
        // With nil among them, the values behind it are fields with numbers.
        return (1...max(count, 1)).prefix(count).map { number in
            if number <= items.count { return items[number - 1] }
            return fields.first { $0.key == .integer(number) }?.value ?? .nil
        }
    }

    /// Stands before the rest of the prelude, which builds on the wrapped functions.
    static let prelude = """
        if host.note then
          local note, play, pack, unpack = host.note, host.play, table.pack, table.unpack
          local isReplay = host.replay
          local function wrap(table, key, name)
            local original = table[key]
            table[key] = function(...)
              if isReplay then return play(name, pack(...)) end
              local results = pack(original(...))
              note(name, pack(...), results)
              return unpack(results, 1, results.n)
            end
          end
          for _, key in ipairs { "exists", "list", "read", "readlink", "stat", "statfs" } do wrap(fs, key, "fs." .. key) end
          wrap(dns, "resolve", "dns.resolve")
          wrap(_ENV, "exec", "exec")
          wrap(host, "uname", "os.uname")
          if isReplay then
            local now, floor, clock = time.now, math.floor, os.time
            os.time = function(fields) if fields == nil then return floor(now()) end return clock(fields) end
            local date = os.date
            os.date = function(format, seconds) return date(format, seconds or floor(now())) end
            host.network.udp = function() error("udp.connect: datagrams cannot be played from a recorded case", 3) end
          end
        end

        """
}
