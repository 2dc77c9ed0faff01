import Exposition
import HTTPTypes
import NIOCore

/// An answer before compression and before the headers that every answer has.
struct Reply {
    var status: HTTPResponse.Status = .ok
    var fields: HTTPFields = [:]
    var body = ByteBuffer()

    /// A line of text, for people and for `curl`.
    static func text(_ status: HTTPResponse.Status, _ text: String) -> Reply {
        Reply(
            status: status,
            fields: [.contentType: "text/plain; charset=utf-8"],
            body: ByteBuffer(string: text + "\n")
        )
    }

    /// Samples in the best of the formats that the request's header fields take.
    static func exposition(_ merged: MergedExposition, _ fields: HTTPFields) -> Reply {
        let (format, bytes) = encode(merged, for: AcceptedFormats(accept: fields[.accept]))
        return Reply(fields: [.contentType: format.contentType, .vary: "Accept"], body: ByteBuffer(bytes: bytes))
    }

    static func badRequest(_ error: BadRequest) -> Reply { text(.badRequest, error.reason) }

    static func notFound(_ path: String) -> Reply { text(.notFound, "no page \"\(path)\"") }

    static func notAllowed(_ method: HTTPRequest.Method, on route: Route) -> Reply {
        var reply = text(.methodNotAllowed, "\(route.label) answers \(route.allow), not \(method.rawValue)")
        reply.fields[.allow] = route.allow
        return reply
    }
}
