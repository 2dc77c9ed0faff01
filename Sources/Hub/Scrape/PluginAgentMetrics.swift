import Exposition
import SNMP

/// The hub's metrics about the agents that plugins ask by SNMP; those of plugins that do.
enum PluginAgentMetrics {
    static func add(_ reports: [PluginReport], to families: inout SelfFamilies) {
        let reports = reports.filter { $0.memory.agentCounters.sent > 0 }
        let plugin = ["plugin"]
        families.add(
            .gauge,
            "hub_plugin_snmp_requests",
            "Requests to agents that wait for an answer or for their turn.",
            labels: plugin
        ) {
            for report in reports { $0(Double(report.memory.agentRequests), [report.name]) }
        }
        families.add(.gauge, "hub_plugin_snmp_requests_limit", "How many there may be.", labels: plugin) {
            let limit = SNMPDispatcher.queueLimit + SNMPDispatcher.flightLimit
            for report in reports { $0(Double(limit), [report.name]) }
        }
        families.add(
            .counter,
            "hub_plugin_snmp_sent_datagrams_total",
            "Datagrams sent to agents, by whether it was for the first time.",
            labels: ["plugin", "again"]
        ) {
            for report in reports {
                let counters = report.memory.agentCounters
                $0(Double(counters.sent - counters.sentAgain), [report.name, "no"])
                $0(Double(counters.sentAgain), [report.name, "yes"])
            }
        }
        families.add(
            .counter,
            "hub_plugin_snmp_answers_total",
            "Answers of agents to requests, errors of theirs among them.",
            labels: plugin
        ) {
            for report in reports { $0(Double(report.memory.agentCounters.answers), [report.name]) }
        }
        families.add(
            .counter,
            "hub_plugin_snmp_timeouts_total",
            "Requests that no agent answered in all their tries.",
            labels: plugin
        ) {
            for report in reports { $0(Double(report.memory.agentCounters.timeouts), [report.name]) }
        }
        addDropped(reports, to: &families)
    }

    private static func addDropped(_ reports: [PluginReport], to families: inout SelfFamilies) {
        families.add(
            .counter,
            "hub_plugin_snmp_dropped_datagrams_total",
            "Datagrams that were not taken for an answer: late or twice, from another address, not authentic, no SNMP.",
            labels: ["plugin", "reason"]
        ) {
            for report in reports {
                let counters = report.memory.agentCounters
                $0(Double(counters.malformed), [report.name, "malformed"])
                $0(Double(counters.strangers), [report.name, "stranger"])
                $0(Double(counters.unauthentic), [report.name, "unauthentic"])
                $0(Double(counters.unexpected), [report.name, "unexpected"])
            }
        }
    }
}
