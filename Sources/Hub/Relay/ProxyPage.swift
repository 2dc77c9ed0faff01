import Exposition
import NIOCore
import Relay

/// The relay's `/metrics`.
struct ProxyPage: Sendable {
    private let process = ProcessMetrics()
    let settings: ProxySettings

    func answer(_ metrics: ProxyMetrics, accept: String?) -> (type: String, body: ByteBuffer) {
        var families = SelfFamilies()
        addPushProx(metrics, to: &families)
        addOwn(metrics, to: &families)
        families.add(
            .gauge,
            "hub_build_info",
            "Versions of the program; always 1.",
            labels: ["version", "swift_version", "lua_version"]
        ) { $0(1, [Version.program, Version.swift, Version.lua]) }
        process.add(to: &families)
        let format = ExpositionFormat.negotiate(accept: accept)
        let merged = merge([Contribution(source: "relay", families: families.blocks)])
        return (format.contentType, ByteBuffer(bytes: encode(merged, as: format)))
    }

    private func addPushProx(_ metrics: ProxyMetrics, to families: inout SelfFamilies) {
        families.add(
            .gauge,
            "pushprox_proxy_clients",
            "Number of known pushprox clients.",
            Double(metrics.counts.clients)
        )
        families.add(
            .counter,
            "pushprox_http_requests_total",
            "Number of http api requests.",
            labels: ["code", "path"]
        ) {
            for (request, count) in metrics.requests { $0(Double(count), ["\(request.code)", request.path.rawValue]) }
        }
        families.add(
            .counter,
            "pushproxy_proxied_requests_total",
            "Number of http proxy requests.",
            labels: ["code"]
        ) {
            for (code, count) in metrics.proxied { $0(Double(count), ["\(code)"]) }
        }
        families.addHistograms(
            "pushprox_http_duration_seconds",
            "Time taken by path",
            label: "path",
            metrics.durations.map { ($0.key.rawValue, $0.value) }
        )
    }

    private func addOwn(_ metrics: ProxyMetrics, to families: inout SelfFamilies) {
        let counts = metrics.counts
        for (name, help, value) in [
            ("hub_relay_connected_clients", "Clients with at least one waiting poll.", counts.connectedClients),
            ("hub_relay_clients_limit", "Clients that may be known.", settings.broker.clients),
            ("hub_relay_waiting_polls", "Polls that wait for a scrape.", counts.polls),
            ("hub_relay_scrapes_in_progress", "Scrapes that have not been answered.", counts.scrapes),
            ("hub_relay_scrapes_limit", "Scrapes that may be in progress.", settings.broker.scrapes),
            ("hub_relay_waiting_scrapes", "Scrapes that wait for their client's poll.", counts.waitingScrapes),
            ("hub_relay_connections", "Open connections.", metrics.connections),
            ("hub_relay_connections_limit", "Connections that may be open.", settings.connections),
            ("hub_relay_http2_connections", "Open connections that speak HTTP/2.", metrics.http2Connections),
        ] { families.add(.gauge, name, help, Double(value)) }
        families.add(.counter, "hub_relay_scrapes_total", "Scrapes by how they ended.", labels: ["result"]) {
            for end in ProxyMetrics.ScrapeEnd.allCases { $0(Double(metrics.scrapeEnds[end] ?? 0), [end.rawValue]) }
        }
        families.add(
            .counter,
            "hub_relay_polls_ended_total",
            "Polls that ended without a scrape, by reason.",
            labels: ["reason"]
        ) {
            for end in ProxyMetrics.PollEnd.allCases { $0(Double(metrics.pollEnds[end] ?? 0), [end.rawValue]) }
        }
        families.add(.counter, "hub_relay_refusals_total", "What was refused, by reason.", labels: ["reason"]) {
            for refusal in ProxyMetrics.Refusal.allCases {
                $0(Double(metrics.refusals[refusal] ?? 0), [refusal.rawValue])
            }
        }
        for (name, help, value) in [
            (
                "hub_relay_redeliveries_total", "Scrapes given to another poll as a connection broke.",
                metrics.redeliveries
            ),
            ("hub_relay_late_pushes_total", "Answers that nobody waited for any more.", metrics.latePushes),
            ("hub_relay_body_bytes_total", "Bytes of answers passed on.", metrics.bodyBytes),
        ] { families.add(.counter, name, help, Double(value)) }
    }
}

extension SelfFamilies {
    /// Adds a family of histograms told apart by one label.
    fileprivate mutating func addHistograms(
        _ name: String,
        _ help: String,
        label: String,
        _ histograms: [(String, ProxyMetrics.Histogram)]
    ) {
        var block = FamilyBlock(FamilyDescriptor(name: name, kind: .histogram, help: help))
        for (value, histogram) in histograms {
            guard let layout = try? LabelLayout(names: [], constants: [(label, value)]) else { continue }
            var total = 0
            let buckets = zip(ProxyMetrics.buckets + [.infinity], histogram.counts).map { bound, count in
                total += count
                return (upperBound: bound, cumulativeCount: Double(total))
            }
            try? block.appendHistogram(
                HistogramValue(buckets: buckets, sum: histogram.sum, count: Double(total)),
                layout: layout,
                labelValues: UnsafeBufferPointer(start: nil, count: 0)
            )
        }
        add(block)
    }
}
