/// What a receiver answered, as far as it matters.
package struct WriteResponse: Sendable {
    package var status: Int
    /// `X-Prometheus-Remote-Write-Samples-Written`, -Histograms-Written, -Exemplars-Written as sent.
    package var samplesWritten: String?
    package var histogramsWritten: String?
    package var exemplarsWritten: String?
    package var retryAfter: String?

    package init(
        status: Int,
        samplesWritten: String? = nil,
        histogramsWritten: String? = nil,
        exemplarsWritten: String? = nil,
        retryAfter: String? = nil
    ) {
        self.status = status
        self.samplesWritten = samplesWritten
        self.histogramsWritten = histogramsWritten
        self.exemplarsWritten = exemplarsWritten
        self.retryAfter = retryAfter
    }

    var hasWrittenHeader: Bool { samplesWritten != nil || histogramsWritten != nil || exemplarsWritten != nil }
}

/// What follows from an answer.
package enum Verdict: Sendable, Equatable {
    /// The receiver has it; `written` is nil where it does not say how many samples.
    case delivered(written: Int?)
    /// The receiver does not know the protocol.
    case unsupported
    /// To be sent again; `after` is what `Retry-After` says, in milliseconds.
    case retry(after: Int64?)
    /// Not to be sent again; `written` samples were taken all the same.
    case refused(written: Int)

    /// Decides by the rules of both specifications ("Retries & Backoff", "Required `Written` Response Headers").
    ///
    /// A redirection or a status that is none says nothing about the samples: they are kept and sent again. `now` is in
    /// milliseconds since 1970.
    package init(_ response: WriteResponse, to message: WriteMessage, retriesTooMany: Bool, now: Int64) {
        let written = response.samplesWritten.flatMap { Int($0) }.map { min(max(0, $0), message.sampleCount) }
        switch response.status {
        case 200..<300 where message.writeProtocol == .v2 && !response.hasWrittenHeader: self = .unsupported
        case 200..<300: self = .delivered(written: message.writeProtocol == .v2 ? written ?? 0 : written)
        case 415: self = .unsupported
        case 429 where retriesTooMany, 500..<600, ..<200, 300..<400, 600...:
            self = .retry(after: response.retryAfter.flatMap { RetryAfter.delay($0, now: now) })
        default: self = .refused(written: written ?? 0)
        }
    }
}
