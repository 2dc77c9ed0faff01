import LuaSandbox
import NIOCore

/// `http`: requests whose whole response the script gets.
enum HTTPAPI {
    static let functions: [(name: String, function: HostFunction)] = [("http", request)]

    /// Arguments: method, URL, body or nil, options, and the name of the function for errors.
    private static let request: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let name = call.string(5) ?? "http"
            let (request, options) = try arguments(call, name)
            try instance.checkRoom()
            return instance.suspend(call, name) { [unowned instance] handle in
                let limit = min(options.maximumSize ?? .max, instance.limits.responseSize)
                let sink = WholeResponse(limit: limit, for: handle.run, of: instance)
                let operation = HTTPOperation(instance, handle.run, request, options, sink) { error in
                    handle.finish(error?.result ?? .values(sink.takePlan()))
                    sink.release()
                }
                handle.onCancel = { operation.cancel() }
                operation.start()
            }
        }
    }

    private static func arguments(
        _ call: HostCall,
        _ name: String
    ) throws(MisuseError) -> (request: (method: String, url: RequestURL, body: [UInt8]?), HTTPOptions) {
        guard let method = call.string(1), HTTPOptions.methods.contains(method) else {
            throw MisuseError(
                text: "\(name): method must be one of \(HTTPOptions.methods.sorted().joined(separator: ", "))"
            )
        }
        let url = try url(call, 2, name)
        let hasBody = call.type(3) != .nil && call.type(3) != .none
        guard !hasBody || call.type(3) == .string else {
            throw MisuseError(text: "\(name): body must be a string, got a \(call.typeName(3))")
        }
        var body = hasBody ? try call.requiredBytes(3, of: name) : nil
        var reader = try OptionReader(call, 4, function: name)
        let options = try HTTPOptions(&reader)
        try reader.finish()
        body = body ?? options.body
        return ((method, url, body), options)
    }

    static func url(_ call: HostCall, _ index: Int, _ name: String) throws(MisuseError) -> RequestURL {
        guard call.type(index) == .string, let text = call.string(index) else {
            throw MisuseError(text: "\(name): url must be a string, got \(call.found(index))")
        }
        guard let url = RequestURL(text) else {
            throw MisuseError(text: "\(name): not a URL that can be fetched (http, https or http+unix, no blanks)")
        }
        return url
    }
}

/// Gathers a response for Lua.
final class WholeResponse: HTTPSink {
    private let limit: Int
    private var head: HTTPHead?
    private var body: [UInt8] = []
    private let hold: MemoryHold
    private let run: CollectRun

    init(limit: Int, for run: CollectRun, of instance: PluginInstance) {
        self.limit = limit
        self.run = run
        hold = MemoryHold(.bodies, of: instance)
    }

    func begin(_ head: HTTPHead) -> String? {
        self.head = head
        body = []
        return nil
    }

    func receive(_ bytes: ByteBuffer) -> String? {
        guard body.count + bytes.readableBytes <= limit else { return "response is longer than \(limit) bytes" }
        body.append(contentsOf: bytes.readableBytesView)
        hold.set(body.count, for: run)
        return nil
    }

    /// The plan has been carried out.
    func release() { hold.set(0) }

    /// What the script gets; the body is handed on.
    func takePlan() -> Plan {
        defer { body = [] }
        var plan = Plan()
        guard let head else {
            plan.pushNil()
            plan.push("no response")
            return plan
        }
        plan.reserve(body.count + 1024)
        plan.beginTable(fields: 5)
        plan.field("status") { $0.push(head.status) }
        plan.field("ok") { $0.push((200..<300).contains(head.status)) }
        plan.field("url") { $0.push(head.url.text) }
        plan.field("body") { $0.push(body) }
        plan.field("headers") { plan in
            plan.beginTable(fields: head.headers.count)
            for (name, value) in head.headers { plan.field(name) { $0.push(value) } }
        }
        return plan
    }
}
