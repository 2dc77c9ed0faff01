import FoundationEssentials
import HTTPTypes
import NIOCore

/// `/api/v1/status`: the same facts as the status page, for programs.
enum StatusDocument {
    /// `isPushgateway` adds the parts that clients of Pushgateway look for.
    static func reply(_ status: HubStatus, isPushgateway: Bool = false) -> Reply {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // JSON has no such numbers, and one broken figure must not take the document with it.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "+Inf",
            negativeInfinity: "-Inf",
            nan: "NaN"
        )
        do {
            let json = try isPushgateway ? encoder.encode(PushgatewayStatus(status: status)) : encoder.encode(status)
            return Reply(
                fields: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ByteBuffer(bytes: json + "\n".utf8)
            )
        } catch {
            return .text(.internalServerError, "status cannot be encoded: \(error)")
        }
    }
}

/// The hub's status with Pushgateway's beside it: they have no key in common.
private struct PushgatewayStatus: Encodable {
    private enum Key: String, CodingKey {
        case status
        case data
    }

    private enum DataKey: String, CodingKey {
        case build = "build_information"
        case flags
        case startTime = "start_time"
    }

    let status: HubStatus

    func encode(to encoder: any Encoder) throws {
        try status.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("success", forKey: .status)
        var data = container.nestedContainer(keyedBy: DataKey.self, forKey: .data)
        try data.encode(["version": status.version], forKey: .build)
        try data.encode([String: String](), forKey: .flags)
        let start = Date(timeIntervalSince1970: (Clock.unixSeconds() - status.uptimeSeconds).rounded())
        try data.encode(start.formatted(.iso8601), forKey: .startTime)
    }
}
