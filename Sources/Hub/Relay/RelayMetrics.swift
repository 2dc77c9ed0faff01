import Exposition
import Relay

/// The hub's metrics about the relays it polls, under the names of PushProx's client where it has one.
enum RelayMetrics {
    static func add(_ relays: [ClientMetrics], to families: inout SelfFamilies) {
        guard !relays.isEmpty else { return }
        let found = relays.map { ([$0.label, $0.name], $0.snapshot) }
        func add(_ kind: (name: String, help: String, isCounter: Bool), _ value: (ClientMetrics.Snapshot) -> Int) {
            families.add(kind.isCounter ? .counter : .gauge, kind.name, kind.help, labels: ["relay", "name"]) {
                for (labels, snapshot) in found { $0(Double(value(snapshot)), labels) }
            }
        }
        add(("pushprox_client_scrape_errors_total", "Number of scrape errors", true)) { $0.scrapeErrors }
        add(("pushprox_client_push_errors_total", "Number of push errors", true)) { $0.pushErrors }
        add(("pushprox_client_poll_errors_total", "Number of poll errors", true)) { $0.pollErrors }
        add(("hub_relay_client_polls_total", "Polls of a relay.", true)) { $0.polls }
        add(("hub_relay_client_waiting_polls", "Polls that the relay holds.", false)) { $0.waitingPolls }
        add(("hub_relay_client_up", "Whether the last poll of a relay was answered or is held.", false)) {
            $0.lastError.isEmpty && $0.waitingPolls > 0 ? 1 : 0
        }
        add(("hub_relay_client_connections", "Open connections to a relay.", false)) { $0.connections }
        add(("hub_relay_client_http2", "Whether the connection to a relay speaks HTTP/2.", false)) {
            $0.isHTTP2 ? 1 : 0
        }
        add(("hub_relay_client_scrapes_in_progress", "Scrapes that are being answered.", false)) {
            $0.scrapesInProgress
        }
        add(("hub_relay_client_body_bytes_total", "Bytes of answers sent to a relay.", true)) { $0.bodyBytes }
        families.add(
            .counter,
            "hub_relay_client_scrapes_total",
            "Scrapes through a relay, by result.",
            labels: ["relay", "name", "result"]
        ) {
            for (labels, snapshot) in found {
                for result in ClientMetrics.Result.allCases {
                    $0(Double(snapshot.scrapes[result] ?? 0), labels + [result.rawValue])
                }
            }
        }
    }
}
