import Exposition
import SNMP

/// The hub's metrics about the agents that plugins ask by SNMP; those of plugins that do.
enum PluginAgentMetrics {
    static func add(_ reports: [PluginReport], to families: inout SelfFamilies) {
        let reports = reports.filter { $0.memory.agents.counters.sent > 0 }
        families.add(
            .gauge,
            "hub_plugin_snmp_requests",
            "Requests to agents that wait for an answer or for their turn.",
            of: reports
        ) { Double($0.memory.agents.requests) }
        families.add(.gauge, "hub_plugin_snmp_requests_limit", "How many there may be.", of: reports) { _ in
            Double(SNMPDispatcher.queueLimit + SNMPDispatcher.flightLimit)
        }
        addDatagrams(reports, to: &families)
        addDropped(reports, to: &families)
        addMemory(reports, to: &families)
        addExceeded(reports, to: &families)
    }

    private static func addDatagrams(_ reports: [PluginReport], to families: inout SelfFamilies) {
        families.add(
            .counter,
            "hub_plugin_snmp_sent_datagrams_total",
            "Datagrams sent to agents, by whether it was for the first time.",
            labels: ["plugin", "again"]
        ) {
            for report in reports {
                let counters = report.memory.agents.counters
                $0(Double(counters.sent - counters.sentAgain), [report.name, "no"])
                $0(Double(counters.sentAgain), [report.name, "yes"])
            }
        }
        families.add(
            .counter,
            "hub_plugin_snmp_unsent_datagrams_total",
            "Datagrams among these that the system had no room for.",
            of: reports
        ) { Double($0.memory.agents.counters.unsent) }
        families.add(
            .counter,
            "hub_plugin_snmp_answers_total",
            "Answers of agents to requests, errors of theirs among them.",
            of: reports
        ) { Double($0.memory.agents.counters.answers) }
        families.add(
            .counter,
            "hub_plugin_snmp_timeouts_total",
            "Requests that no agent answered in all their tries.",
            of: reports
        ) { Double($0.memory.agents.counters.timeouts) }
    }

    private static func addDropped(_ reports: [PluginReport], to families: inout SelfFamilies) {
        families.add(
            .counter,
            "hub_plugin_snmp_dropped_datagrams_total",
            "Datagrams that were not taken for an answer: late or twice, from another address, not authentic, no SNMP.",
            labels: ["plugin", "reason"]
        ) {
            for report in reports {
                let counters = report.memory.agents.counters
                $0(Double(counters.malformed), [report.name, "malformed"])
                $0(Double(counters.strangers), [report.name, "stranger"])
                $0(Double(counters.unauthentic), [report.name, "unauthentic"])
                $0(Double(counters.unexpected), [report.name, "unexpected"])
            }
        }
    }

    private static func addMemory(_ reports: [PluginReport], to families: inout SelfFamilies) {
        families.add(
            .gauge,
            "hub_plugin_snmp_answers_bytes",
            "Answers of agents that the plugin waits for, or has not taken yet.",
            of: reports
        ) { Double($0.memory.agents.answersSize) }
        families.add(.gauge, "hub_plugin_snmp_answers_limit_bytes", "What they may take.", of: reports) {
            Double($0.snmpSizeLimit)
        }
        families.add(
            .gauge,
            "hub_plugin_snmp_remembered",
            "Agents whose address, engine or time to answer is remembered, and users whose keys are.",
            labels: ["plugin", "kind"]
        ) {
            for report in reports {
                $0(Double(report.memory.agents.memory.agents), [report.name, "agents"])
                $0(Double(report.memory.agents.memory.keys), [report.name, "keys"])
            }
        }
        families.add(
            .gauge,
            "hub_plugin_snmp_remembered_limit",
            "How many there may be; those that were not used for longest are forgotten first.",
            labels: ["plugin", "kind"]
        ) {
            for report in reports {
                $0(Double(SNMPMemory.limit.agents), [report.name, "agents"])
                $0(Double(SNMPMemory.limit.keys), [report.name, "keys"])
            }
        }
    }

    private static func addExceeded(_ reports: [PluginReport], to families: inout SelfFamilies) {
        families.add(
            .counter,
            "hub_plugin_snmp_limits_exceeded_total",
            "Gets and walks that failed because of a limit of the hub's.",
            labels: ["plugin", "limit"]
        ) {
            for report in reports {
                for limit in SNMPLimit.allCases {
                    $0(Double(report.memory.agents.exceeded[limit] ?? 0), [report.name, limit.rawValue])
                }
            }
        }
    }
}
