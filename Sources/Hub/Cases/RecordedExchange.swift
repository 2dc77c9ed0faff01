/// One thing a run has asked of the world, with the answer.
enum RecordedExchange: Sendable, Hashable {
    /// A function of the plugin API by its name.
    case call(RecordedCall)
    case http(RecordedRequest)
    case stream(RecordedStream)
    case snmp(RecordedQuery)
}

/// A call such as `fs.read`.
struct RecordedCall: Sendable, Hashable, Codable {
    var call: String
    var arguments: [RecordedValue]
    var results: [RecordedValue]
}

/// A request of HTTP, with the last response when redirections were followed.
struct RecordedRequest: Sendable, Hashable, Codable {
    struct Header: Sendable, Hashable, Codable {
        var name: String
        var value: String
    }

    /// Method and URL, as in `GET http://localhost/`.
    var http: String
    var body: RecordedValue?
    var status: Int?
    var url: String?
    var headers: [Header]?
    var response: RecordedValue?
    /// Why there was no whole response.
    var error: String?
}

/// What went over one connection, in order.
struct RecordedStream: Sendable, Hashable, Codable {
    enum Step: Sendable, Hashable {
        case send(RecordedValue)
        /// A password and the like; its bytes are not kept.
        case sendSecret
        case receive(RecordedValue)
        /// The peer closed, or the connection failed with this reason.
        case end(String)
    }

    /// Where to: `192.0.2.1:23`, `unix:/run/x.sock`.
    var stream: String
    var steps: [Step]
    /// Why it could not be opened.
    var error: String?
}

extension RecordedStream.Step: Codable {
    private enum Key: String, CodingKey {
        case send
        case secret
        case receive
        case end
    }

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: Key.self)
        if let value = try keys.decodeIfPresent(RecordedValue.self, forKey: .send) {
            self = .send(value)
        } else if let value = try keys.decodeIfPresent(RecordedValue.self, forKey: .receive) {
            self = .receive(value)
        } else if try keys.decodeIfPresent(Bool.self, forKey: .secret) != nil {
            self = .sendSecret
        } else {
            self = .end(try keys.decode(String.self, forKey: .end))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: Key.self)
        switch self {
        case .send(let value): try keys.encode(value, forKey: .send)
        case .sendSecret: try keys.encode(true, forKey: .secret)
        case .receive(let value): try keys.encode(value, forKey: .receive)
        case .end(let reason): try keys.encode(reason, forKey: .end)
        }
    }
}

extension RecordedExchange: Codable {
    private enum Key: String, CodingKey {
        case call
        case http
        case stream
        case snmp
    }

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: Key.self)
        if keys.contains(.call) {
            self = .call(try RecordedCall(from: decoder))
        } else if keys.contains(.http) {
            self = .http(try RecordedRequest(from: decoder))
        } else if keys.contains(.snmp) {
            self = .snmp(try RecordedQuery(from: decoder))
        } else {
            self = .stream(try RecordedStream(from: decoder))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .call(let call): try call.encode(to: encoder)
        case .http(let request): try request.encode(to: encoder)
        case .stream(let stream): try stream.encode(to: encoder)
        case .snmp(let query): try query.encode(to: encoder)
        }
    }
}
