import Exposition

/// The hub's metrics about what plugins hold.
enum PluginMemoryMetrics {
    /// Results are held by the hub itself, beside the kinds that the plugin's limit counts.
    private static let results = "results"

    static func add(_ reports: [PluginReport], to families: inout SelfFamilies) {
        families.add(
            .gauge,
            "hub_plugin_memory_bytes",
            "Memory of the Lua state and of what the hub holds for the plugin.",
            of: reports
        ) { Double($0.memorySize) }
        families.add(
            .gauge,
            "hub_plugin_host_memory_bytes",
            "What of the memory the hub holds for the plugin outside of its Lua state, by kind.",
            labels: ["plugin", "kind"]
        ) {
            for report in reports {
                for kind in HostMemory.Kind.allCases { $0(Double(report.memory[kind]), [report.name, kind.rawValue]) }
                $0(Double(report.resultSize), [report.name, results])
            }
        }
        families.add(
            .gauge,
            "hub_plugin_memory_limit_bytes",
            "What the Lua state and the hub may hold for the plugin, results that are kept aside.",
            of: reports
        ) { Double($0.memoryLimit) }
        addConnections(reports, to: &families)
    }

    private static func addConnections(_ reports: [PluginReport], to families: inout SelfFamilies) {
        families.add(
            .gauge,
            "hub_plugin_connections",
            "Connections of the plugin that are open, are being opened, or carry a request.",
            of: reports
        ) { Double($0.memory.connections) }
        families.add(.gauge, "hub_plugin_connections_limit", "How many there may be.", of: reports) {
            Double($0.connectionLimit)
        }
        families.add(
            .gauge,
            "hub_plugin_idle_http_connections",
            "Connections of HTTP that are kept open without a request.",
            of: reports
        ) { Double($0.memory.idleConnections) }
        families.add(
            .gauge,
            "hub_plugin_idle_http_connections_limit",
            "How many may be kept; the longest unused are closed first.",
            of: reports
        ) { Double($0.idleConnectionLimit) }
    }
}
