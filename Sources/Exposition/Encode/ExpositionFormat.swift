/// A text format with the way it spells names outside the legacy alphabet.
package struct ExpositionFormat: Sendable, Hashable {
    package enum Syntax: Sendable, Hashable {
        /// Prometheus text 0.0.4.
        case text
        /// Prometheus text 1.0.0: 0.0.4 with quoted names.
        case text1
        /// What early drafts asked for; the same bytes as 1.0.0 under its own content type.
        case openMetricsDraft
        case openMetrics
    }

    /// How a name such as `my.metric` is written (prometheus/docs, escaping schemes).
    package enum Escaping: String, Sendable, Hashable, CaseIterable {
        case allowUTF8 = "allow-utf-8"
        case underscores
        case dots
        case values
    }

    package let syntax: Syntax
    package let escaping: Escaping

    /// Text 0.0.4 knows no quoted names: there `allowUTF8` becomes `underscores`.
    package init(_ syntax: Syntax, escaping: Escaping = .underscores) {
        self.syntax = syntax
        let cannotQuote = syntax == .text || syntax == .openMetricsDraft
        self.escaping = cannotQuote && escaping == .allowUTF8 ? .underscores : escaping
    }

    /// What is served when nothing else was agreed on.
    package static let text = ExpositionFormat(.text)

    package var isOpenMetrics: Bool { syntax == .openMetrics || syntax == .openMetricsDraft }

    /// The `Content-Type` of the answer; since text 1.0.0 it names the escaping.
    package var contentType: String {
        switch syntax {
        case .text: "text/plain; version=0.0.4; charset=utf-8" + unusualEscaping
        case .text1: "text/plain; version=1.0.0; charset=utf-8; escaping=\(escaping.rawValue)"
        case .openMetricsDraft: "application/openmetrics-text; version=0.0.1; charset=utf-8" + unusualEscaping
        case .openMetrics:
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=\(escaping.rawValue)"
        }
    }

    private var unusualEscaping: String {
        escaping == .underscores ? "" : "; escaping=\(escaping.rawValue)"
    }
}
