import Foundation

/// A hub.yml that sends to receivers, with the plugin `tally` collected every 300 ms.
func remoteWriteConfiguration(
    to receivers: [(name: String, url: String, more: String)],
    tally: String?,
    all: String = ""
) -> String {
    let endpoints = receivers.map { one in
        "    - { name: \(one.name), url: \"\(one.url)\"\(one.more.isEmpty ? "" : ", " + one.more) }"
    }
    let plugins =
        tally.map { "plugins: { tally: { interval: 300ms, targets: [{ address: \"\($0)\", name: t }] } }" } ?? ""
    return """
        remote_write:
          interval: 1s
          instance: home
        \(all)
          endpoints:
        \(endpoints.joined(separator: "\n"))
        \(plugins)

        """
}

extension WriteReceiver {
    /// Waits until so many numbers of the tally have come, and answers all.
    func tallied(_ count: Int, within limit: Duration = .seconds(60)) async throws -> [Double] {
        try await eventually("\(count) numbers of the tally", within: limit) {
            let values = try await series("test_tally").first?.values ?? []
            return values.count >= count ? values : nil
        }
    }
}
