/// One plugin's rows in the status page's table: itself, then its targets when there are several or named ones.
struct StatusRows {
    let plugin: PluginStatus
    /// Unix seconds.
    let now: Double

    var html: HTML {
        let only = plugin.targets.count == 1 ? plugin.targets.first : nil
        var rows: HTML = "<tbody>\n<tr class=\"plugin\">\(heading)\(stateCell(plugin.state))"
        rows += only.map { runCells($0) } ?? summaryCells
        rows += "\(costCells)</tr>\n"
        if let only {
            rows += errorRow(only)
        } else {
            rows += targetRows
        }
        rows += "</tbody>\n"
        return rows
    }

    private var heading: HTML {
        let only = plugin.targets.count == 1 ? plugin.targets.first.flatMap { address(of: $0) } : nil
        var notes: [String] = []
        if let only { notes.append(only) }
        if let interval = plugin.interval { notes.append("every \(Figures.duration(interval))") }
        if plugin.reloads > 0 {
            let loaded = plugin.loadedAt.map { ", last \(Figures.moment($0, now: now))" } ?? ""
            notes.append("reloaded \(plugin.reloads == 1 ? "once" : "\(plugin.reloads) times")\(loaded)")
        }
        let lines = [plugin.help, notes.joined(separator: " · ")].filter { !$0.isEmpty }
        return """
            <th scope="row"><span class="name" title="\(plugin.path)">\(plugin.name)</span>\
            \(lines.map { "<span class=\"note\">\($0)</span>" as HTML })</th>
            """
    }

    private var summaryCells: HTML {
        let runs = plugin.targets.compactMap(\.lastRun)
        guard let last = runs.max() else { return runCells(nil) }
        return """
            <td data-label="Last run">\(Figures.moment(last, now: now))</td><td class="n"></td>\
            <td class="n" data-label="Samples">\(Figures.count(plugin.targets.reduce(0) { $0 + $1.samples }))</td>\
            <td class="n"></td>
            """
    }

    /// Memory and CPU, of plugins that have a state to spend them.
    private var costCells: HTML {
        guard plugin.memoryBytes > 0 else { return "<td class=\"n\"></td><td class=\"n\"></td>" }
        return """
            <td class="n" data-label="Memory">\(Figures.bytes(plugin.memoryBytes))\
            <span class="of"> of \(Figures.bytes(plugin.memoryLimitBytes))</span></td>\
            <td class="n" data-label="CPU">\(Figures.duration(plugin.cpuSeconds))</td>
            """
    }

    private func stateCell(_ state: PluginStatus.State) -> HTML {
        "<td data-label=\"State\"><span class=\"state \(state.rawValue)\">\(state.word)</span></td>"
    }

    private func runCells(_ target: TargetStatus?) -> HTML {
        guard let target, let lastRun = target.lastRun else {
            return """
                <td data-label="Last run">–</td><td class="n"></td><td class="n"></td><td class="n"></td>
                """
        }
        return """
            <td data-label="Last run">\(Figures.moment(lastRun, now: now))</td>\
            <td class="n" data-label="Took">\(target.durationSeconds.map { Figures.duration($0) } ?? "–")</td>\
            <td class="n" data-label="Samples">\(Figures.count(target.samples))</td>\
            <td class="n" data-label="Age">\(target.ageSeconds.map { Figures.duration($0) } ?? "–")</td>
            """
    }

    /// Targets shown at once; of more, those that fail come first.
    static let shownTargets = 20
    /// Targets that can be unfolded.
    static let foldedTargets = 500

    private var targetRows: HTML {
        guard plugin.targets.count > Self.shownTargets else { return "\(plugin.targets.map(targetRow))" }
        // Within a state the order is that of hub.yml.
        let sorted = TargetStatus.states.flatMap { state in plugin.targets.filter { $0.state == state } }
        let rest = sorted.dropFirst(Self.shownTargets)
        let left = rest.count - Self.foldedTargets
        let note: HTML = left > 0 ? "<p class=\"note\">\(Figures.count(left)) more in the status as JSON.</p>" : ""
        return """
            <tr class="target"><td colspan="8" class="tally">Targets: \(Self.tally(sorted[...]))</td></tr>
            \(sorted.prefix(Self.shownTargets).map(targetRow))<tr class="target"><td colspan="8"><details><summary>\
            More targets: \(Self.tally(rest))</summary><table><tbody>
            \(rest.prefix(Self.foldedTargets).map(targetRow))</tbody></table>\(note)</details></td></tr>

            """
    }

    /// `12 failing, 488 ok`.
    private static func tally(_ targets: ArraySlice<TargetStatus>) -> String {
        TargetStatus.states.compactMap { state in
            let count = targets.count { $0.state == state }
            return count == 0 ? nil : "\(Figures.count(count)) \(state.word)"
        }.joined(separator: ", ")
    }

    private func targetRow(_ target: TargetStatus) -> HTML {
        let address: HTML = address(of: target).map { "<span class=\"note\">\($0)</span>" } ?? ""
        return """
            <tr class="target"><th scope="row"><span class="name">\(target.name)</span>\(address)</th>\
            \(stateCell(target.state))\(runCells(target))<td></td><td></td></tr>
            \(errorRow(target))
            """
    }

    /// The address where the name does not say it already.
    private func address(of target: TargetStatus) -> String? {
        guard let address = target.address, !address.isEmpty, address != target.name else { return nil }
        return address
    }

    private func errorRow(_ target: TargetStatus) -> HTML {
        guard let error = target.error else { return "" }
        var notes: [String] = []
        if target.failures > 1 { notes.append("\(target.failures) failures in a row") }
        if let until = target.backoffUntil, until > now { notes.append("next try \(Figures.moment(until, now: now))") }
        let line: HTML = notes.isEmpty ? "" : "<span class=\"note\">\(notes.joined(separator: ", "))</span>"
        return "<tr class=\"error\"><td colspan=\"8\"><pre>\(error)</pre>\(line)</td></tr>\n"
    }
}

extension TargetStatus {
    /// Those that need a look first.
    fileprivate static let states: [PluginStatus.State] = [.failing, .waiting, .ok]

    fileprivate var state: PluginStatus.State { error != nil ? .failing : lastRun == nil ? .waiting : .ok }
}
