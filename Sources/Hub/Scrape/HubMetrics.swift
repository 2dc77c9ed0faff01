import Exposition

/// The hub's metrics about itself, its scrapes and its server.
enum HubMetrics {
    static func add(_ scrapes: ScrapeCounters.Snapshot, _ http: HTTPMetricsSnapshot, to families: inout SelfFamilies) {
        families.add(
            .gauge,
            "hub_build_info",
            "Versions of the program; always 1.",
            labels: ["version", "swift_version", "lua_version"]
        ) { $0(1, [Version.program, Version.swift, Version.lua]) }
        let confinement = Confinement.state
        families.add(
            .gauge,
            "hub_confinement",
            "Whether the kernel holds the process to what it needs, by mechanism; for landlock its version.",
            labels: ["mechanism"]
        ) {
            $0(Double(confinement.landlock), ["landlock"])
            $0(confinement.noNewPrivileges ? 1 : 0, ["no_new_privs"])
        }
        families.add(.counter, "hub_scrapes_total", "Scrapes answered.", Double(scrapes.scrapes))
        families.add(
            .counter,
            "hub_incomplete_scrapes_total",
            "Scrapes in which at least one plugin failed.",
            Double(scrapes.incomplete)
        )
        families.add(
            .counter,
            "hub_scrape_duration_seconds_total",
            "Time from request to merged samples, of all scrapes.",
            scrapes.seconds
        )
        addHTTP(http, to: &families)
    }

    private static func addHTTP(_ http: HTTPMetricsSnapshot, to families: inout SelfFamilies) {
        families.add(.counter, "hub_http_requests_total", "Requests answered.", labels: ["route", "code"]) {
            for (key, count) in http.requests.sorted(by: { ($0.key.route, $0.key.code) < ($1.key.route, $1.key.code) })
            {
                $0(Double(count), [key.route, "\(key.code)"])
            }
        }
        families.add(
            .gauge,
            "hub_http_requests_in_flight",
            "Requests that are being answered.",
            Double(http.requestsInFlight)
        )
        families.add(.gauge, "hub_http_connections", "Open connections.", Double(http.connectionsOpen))
        families.add(
            .counter,
            "hub_http_connections_accepted_total",
            "Connections accepted.",
            Double(http.connectionsAccepted)
        )
        families.add(
            .counter,
            "hub_http_faults_total",
            "Connections refused or closed by the server.",
            labels: ["reason"]
        ) {
            for fault in ConnectionFault.allCases { $0(Double(http.faults[fault] ?? 0), [fault.rawValue]) }
        }
        families.add(
            .counter,
            "hub_http_response_bytes_total",
            "Bytes of response bodies, after compression.",
            Double(http.responseBytes)
        )
    }

    /// What the merge left out, by plugin and reason.
    static func dropped(_ counts: [String: [ConflictReason: Int]], plugins: [String]) -> FamilyBlock? {
        var families = SelfFamilies()
        families.add(
            .counter,
            "hub_merge_dropped_samples_total",
            "Samples left out because they conflict with others.",
            labels: ["plugin", "reason"]
        ) { add in
            for plugin in Set(plugins).union(counts.keys).sorted() {
                for reason in ConflictReason.allCases {
                    add(Double(counts[plugin]?[reason] ?? 0), [plugin, reason.rawValue])
                }
            }
        }
        return families.blocks.first
    }
}
