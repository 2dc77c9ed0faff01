import FoundationEssentials
import HTTPTypes
import NIOCore

/// `/api/v1/status`: the same facts as the status page, for programs.
enum StatusDocument {
    static func reply(_ status: HubStatus) -> Reply {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // JSON has no such numbers, and one broken figure must not take the document with it.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "+Inf",
            negativeInfinity: "-Inf",
            nan: "NaN"
        )
        do {
            let json = try encoder.encode(status)
            return Reply(
                fields: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ByteBuffer(bytes: json + "\n".utf8)
            )
        } catch {
            return .text(.internalServerError, "status cannot be encoded: \(error)")
        }
    }
}
