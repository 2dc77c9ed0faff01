import Exposition

/// What a module's scrape says of itself: snmp_exporter's metrics, and two of the hub's own.
struct ModuleMetrics {
    var walkSeconds = 0.0
    var totalSeconds = 0.0
    var packetsSent = 0
    var packetsRetried = 0
    var objects = 0
    var dropped = 0
    var isSuccess = true

    /// `module` nil leaves that label out, as snmp_exporter did before 0.24.
    ///
    /// Of a module that failed there are only the hub's own.
    func families(module: String?, name: String, labels: [(name: String, value: String)]) -> [FamilyBlock] {
        var families: [FamilyBlock] = []
        func add(_ name: String, _ help: String, _ value: Double, module: String?) {
            var block = FamilyBlock(FamilyDescriptor(name: name, kind: .gauge, help: help))
            let label = module.map { [(name: "module", value: $0)] } ?? []
            // The target's own label goes first where it has the same name.
            let own = label.filter { label in !labels.contains { $0.name == label.name } }
            guard (try? block.append(value, labels: labels + own)) != nil else { return }
            block.seal()
            families.append(block)
        }
        if isSuccess {
            add("snmp_scrape_walk_duration_seconds", "Time SNMP walk/bulkwalk took.", walkSeconds, module: module)
            let sent = "Packets sent for get, bulkget, and walk; including retries."
            add("snmp_scrape_packets_sent", sent, Double(packetsSent), module: module)
            let retried = "Packets retried for get, bulkget, and walk."
            add("snmp_scrape_packets_retried", retried, Double(packetsRetried), module: module)
            let returned = "PDUs returned from get, bulkget, and walk."
            add("snmp_scrape_pdus_returned", returned, Double(objects), module: module)
            let total = "Total SNMP time scrape took (walk and processing)."
            add("snmp_scrape_duration_seconds", total, totalSeconds, module: module)
            let help = "Samples left out: repeated ones, and values that no sample can have."
            add("snmp_scrape_dropped_samples", help, Double(dropped), module: name)
        }
        add("snmp_scrape_module_success", "Whether the module was collected.", isSuccess ? 1 : 0, module: name)
        return families
    }
}
