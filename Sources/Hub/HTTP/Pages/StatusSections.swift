/// The status page's tables of what is pushed, relayed and written; each is there where hub.yml has something of it.
struct StatusSections {
    let status: HubStatus
    /// Unix seconds.
    let now: Double

    var html: HTML { "\(pushes)\(endpoints)\(relays)" }

    // MARK: Pushes

    private var pushes: HTML {
        guard let pushes = status.pushes else { return "" }
        let tally = "\(Figures.count(pushes.groupCount)) groups, \(Figures.count(pushes.sampleCount)) samples"
        let rest = pushes.groups.dropFirst(StatusRows.shownTargets)
        let left = pushes.groupCount - pushes.groups.count
        let note: HTML = left > 0 ? "<p class=\"note\">\(Figures.count(left)) more in /api/v1/metrics.</p>" : ""
        let folded: HTML =
            rest.isEmpty
            ? ""
            : """
            <tbody><tr><td colspan="5"><details><summary>\(Figures.count(rest.count)) more</summary><table>
            \(rest.map(row))</table>\(note)</details></td></tr></tbody>

            """
        return section(
            "Pushed groups",
            tally,
            ["Group", "State", "Last push", "Time left"],
            ["Samples"],
            "\(pushes.groups.prefix(StatusRows.shownTargets).map(row))\(folded)"
        )
    }

    private func row(_ group: PushStatus.Group) -> HTML {
        let others = group.labels.filter { $0.key != "job" }.sorted { $0.key < $1.key }
        let labels = others.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ", ")
        let refusal: HTML? = group.refusedAt.map { time in
            "<pre>the push \(Figures.moment(time, now: now)) was refused</pre>"
        }
        return entry(
            group.labels["job"] ?? "",
            [labels],
            isGood: group.refusedAt == nil,
            """
            <td data-label="Last push">\(group.lastPush.map { Figures.moment($0, now: now) } ?? "–")</td>\
            <td data-label="Time left">\(group.expires.map { Figures.duration(max(0, $0 - now)) } ?? "for ever")</td>\
            <td class="n" data-label="Samples">\(Figures.count(group.samples))</td>
            """,
            error: refusal,
            columns: 5
        )
    }

    // MARK: Remote write

    private var endpoints: HTML {
        guard !status.remoteWrite.isEmpty else { return "" }
        return section(
            "Remote write",
            nil,
            ["Endpoint", "State", "Last success"],
            ["Sent", "Dropped", "Waiting", "Oldest", "Queue"],
            "\(status.remoteWrite.map(row))"
        )
    }

    private func row(_ endpoint: EndpointStatus) -> HTML {
        let error: HTML? = endpoint.lastError.map { text in
            let time = endpoint.lastErrorTime.map { Figures.moment($0, now: now) } ?? ""
            return "<pre>\(text)</pre><span class=\"note\">\(time)</span>"
        }
        return entry(
            endpoint.name,
            [endpoint.url, "version \(endpoint.version)" + (endpoint.isOnDisk ? "" : " · the queue is not on disk")],
            isGood: endpoint.isFailing ? false : endpoint.lastSuccess == nil ? nil : true,
            """
            <td data-label="Last success">\(endpoint.lastSuccess.map { Figures.moment($0, now: now) } ?? "–")</td>\
            <td class="n" data-label="Sent">\(Figures.count(endpoint.sent))</td>\
            <td class="n" data-label="Dropped">\(Figures.count(endpoint.dropped))</td>\
            <td class="n" data-label="Waiting">\(Figures.count(endpoint.pending))</td>\
            <td class="n" data-label="Oldest">\(endpoint.oldestTime.map { Figures.duration(max(0, now - $0)) } ?? "–")</td>\
            <td class="n" data-label="Queue">\(Figures.bytes(endpoint.queueBytes))\
            <span class="of"> of \(Figures.bytes(endpoint.queueLimitBytes))</span></td>
            """,
            error: error,
            columns: 8
        )
    }

    // MARK: Relays

    private var relays: HTML {
        guard !status.relays.isEmpty else { return "" }
        return section(
            "Relays",
            nil,
            ["Relay", "State"],
            ["Scrapes", "Failed", "Refused"],
            "\(status.relays.map(row))"
        )
    }

    private func row(_ relay: RelayStatus) -> HTML {
        func count(_ result: String) -> String { Figures.count(relay.scrapes[result] ?? 0) }
        return entry(
            relay.url,
            ["scraped as \(relay.name)"],
            isGood: relay.isConnected ? true : relay.error == nil ? nil : false,
            words: ("connected", "not connected", "connecting"),
            """
            <td class="n" data-label="Scrapes">\(count("success"))</td>\
            <td class="n" data-label="Failed">\(count("failure"))</td>\
            <td class="n" data-label="Refused">\(count("refused"))</td>
            """,
            error: relay.error.map { "<pre>\($0)</pre>" },
            columns: 5
        )
    }

    // MARK: Parts

    private func section(
        _ title: String,
        _ tally: String?,
        _ texts: [String],
        _ numbers: [String],
        _ rows: HTML
    ) -> HTML {
        let heads = texts.map { "<th>\($0)</th>" as HTML } + numbers.map { "<th class=\"n\">\($0)</th>" as HTML }
        let small: HTML = tally.map { " <small>\($0)</small>" } ?? ""
        return """
            <section><h2>\(title)\(small)</h2><div class="scroll"><table>
            <thead><tr>\(heads)</tr></thead>
            \(rows)</table></div></section>

            """
    }

    /// One row, and another one for its error; `isGood` is nil while nobody knows.
    private func entry(
        _ name: String,
        _ notes: [String],
        isGood: Bool?,
        words: (good: String, bad: String, unknown: String) = ("ok", "failing", "waiting"),
        _ cells: HTML,
        error: HTML?,
        columns: Int
    ) -> HTML {
        let (style, word) =
            switch isGood {
            case true: ("ok", words.good)
            case false: ("failing", words.bad)
            case nil: ("waiting", words.unknown)
            }
        let lines = notes.filter { !$0.isEmpty }.map { "<span class=\"note\">\($0)</span>" as HTML }
        let row: HTML = error.map { "<tr class=\"error\"><td colspan=\"\(columns)\">\($0)</td></tr>\n" } ?? ""
        return """
            <tbody>
            <tr class="entry"><th scope="row"><span class="name">\(name)</span>\(lines)</th>\
            <td data-label="State"><span class="state \(style)">\(word)</span></td>\(cells)</tr>
            \(row)</tbody>

            """
    }
}
