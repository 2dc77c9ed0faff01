import Exposition

/// The hub's metrics about what plugins hold.
enum PluginMemoryMetrics {
    /// Results are held by the hub itself, beside the kinds that the plugin's limit counts.
    private static let results = "results"

    static func add(_ reports: [PluginReport], to families: inout SelfFamilies) {
        let plugin = ["plugin"]
        families.add(
            .gauge,
            "hub_plugin_memory_bytes",
            "Memory of the Lua state and of what the hub holds for the plugin.",
            labels: plugin
        ) {
            for report in reports { $0(Double(report.memorySize), [report.name]) }
        }
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
            labels: plugin
        ) {
            for report in reports { $0(Double(report.memoryLimit), [report.name]) }
        }
        addConnections(reports, to: &families)
    }

    private static func addConnections(_ reports: [PluginReport], to families: inout SelfFamilies) {
        let plugin = ["plugin"]
        families.add(
            .gauge,
            "hub_plugin_connections",
            "Connections of the plugin that are open, are being opened, or carry a request.",
            labels: plugin
        ) {
            for report in reports { $0(Double(report.memory.connections), [report.name]) }
        }
        families.add(.gauge, "hub_plugin_connections_limit", "How many there may be.", labels: plugin) {
            for report in reports { $0(Double(report.connectionLimit), [report.name]) }
        }
        families.add(
            .gauge,
            "hub_plugin_idle_http_connections",
            "Connections of HTTP that are kept open without a request.",
            labels: plugin
        ) {
            for report in reports { $0(Double(report.memory.idleConnections), [report.name]) }
        }
        families.add(
            .gauge,
            "hub_plugin_idle_http_connections_limit",
            "How many may be kept; the longest unused are closed first.",
            labels: plugin
        ) {
            for report in reports { $0(Double(report.idleConnectionLimit), [report.name]) }
        }
    }
}
