import Exposition
import LuaSandbox
import NIOCore

/// `exposition.scrape(url, options)`: fetches an exposition and streams it into the run.
enum ScrapeAPI {
    private static let name = "exposition.scrape"

    static let scrape: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let run = try ExpositionAPI.currentRun(instance, "scrape")
            let url = try HTTPAPI.url(call, 1, name)
            var reader = try OptionReader(call, 2, function: name)
            var http = try HTTPOptions(&reader)
            var options = try ExpositionOptions(&reader)
            try reader.finish()
            addHeaders(to: &http)
            if options.source.isEmpty { options.source = url.text }
            // What is wrong with the options is said here, and not when the answer comes.
            _ = try options.parseOptions(for: run, instance)
            return instance.suspend(call, name) { [unowned instance] handle in
                let sink = ScrapedBody(options, limit: http.maximumSize, run: run, instance: instance)
                let operation = HTTPOperation(instance, handle.run, ("GET", url, nil), http, sink) { error in
                    handle.finish(sink.result(error))
                }
                handle.onCancel = { operation.cancel() }
                operation.start()
            }
        }
    }

    /// What Prometheus 3 asks for, so that names are those it would get without the hub in between.
    private static let accept = [
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6",
        "application/openmetrics-text;version=0.0.1;q=0.5", "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4",
        "text/plain;version=0.0.4;q=0.3", "*/*;q=0.2",
    ].joined(separator: ",")

    private static func addHeaders(to options: inout HTTPOptions) {
        func add(_ name: String, _ value: String) {
            guard !options.headers.contains(where: { $0.name.lowercased() == name.lowercased() }) else { return }
            options.headers.append((name, value))
        }
        add("Accept", accept)
        if let timeout = options.timeout { add("X-Prometheus-Scrape-Timeout-Seconds", "\(timeout)") }
    }
}

/// Parses a response while it comes.
final class ScrapedBody: HTTPSink {
    private let options: ExpositionOptions
    /// Bytes of the body; nil for as many as the run's other limits allow.
    private let limit: Int?
    private let run: CollectRun
    private unowned let instance: PluginInstance
    private var intake: ExpositionIntake?
    private var received = 0
    private var url = ""
    /// What ended it; the client knows its text only.
    private var failure: ExpositionIntake.Failure?

    init(_ options: ExpositionOptions, limit: Int?, run: CollectRun, instance: PluginInstance) {
        self.options = options
        self.limit = limit
        self.run = run
        self.instance = instance
    }

    func begin(_ head: HTTPHead) -> String? {
        url = head.url.text
        guard (200..<300).contains(head.status) else { return "status \(head.status)" }
        let type = head.headers.first { $0.name == "content-type" }?.value
        guard let format = options.format ?? ParseFormat(contentType: type) else {
            return "cannot read the format \(type ?? "")"
        }
        do throws(MisuseError) {
            intake = try ExpositionIntake(options, format: format, run: run, instance: instance)
            return nil
        } catch {
            return error.text
        }
    }

    func receive(_ bytes: ByteBuffer) -> String? {
        received += bytes.readableBytes
        if let limit, received > limit { return "response is longer than \(limit) bytes" }
        return bytes.withUnsafeReadableBytes { piece in
            attempt { () throws(ExpositionIntake.Failure) in try intake?.feed(piece) }
        }
    }

    /// What `body` failed with, for the client.
    private func attempt(_ body: () throws(ExpositionIntake.Failure) -> Void) -> String? {
        do throws(ExpositionIntake.Failure) {
            try body()
            return nil
        } catch {
            failure = error
            return error.text
        }
    }

    /// What the script gets once the request is over.
    func result(_ error: NetworkError?) -> OperationResult {
        var counts: ExpositionIntake.Counts?
        var text = error?.text
        if error == nil {
            let problem = attempt { () throws(ExpositionIntake.Failure) in counts = try intake?.finishOutside() }
            text = problem.map { "\(url): \($0)" } ?? "\(url): no response"
        }
        intake = nil
        if let counts { return .values(counts.plan) }
        if case .broken? = failure { return .raise("exposition.scrape: \(text ?? "")") }
        return error?.result ?? .failure(text ?? "")
    }
}

extension ExpositionIntake.Failure {
    var text: String {
        switch self {
        case .refused(let message): message
        case .broken(let failure): failure.message
        case .stopped: "stopped"
        }
    }
}
