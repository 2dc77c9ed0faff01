import Testing

@testable import Exposition

@Suite struct NegotiationTests {
    private func answer(_ accept: String?) -> String {
        ExpositionFormat.negotiate(accept: accept).contentType
    }

    private static let text = "text/plain; version=0.0.4; charset=utf-8"

    @Test func prometheus2GetsOpenMetrics() {
        // Observed: Prometheus 2.42.
        let accept =
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
            + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
        #expect(answer(accept) == "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores")
    }

    @Test func prometheus3GetsOpenMetricsWithItsNames() {
        // prometheus/prometheus 3.14, config/config.go and scrape/scrape.go.
        let accept =
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
            + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
            + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
        #expect(answer(accept) == "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8")
    }

    @Test func prometheus3WithNativeHistogramsIsAnsweredInText() {
        let accept =
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,"
            + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
        #expect(answer(accept) == "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8")
    }

    private static let protobuf =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
    private static let om1 = "application/openmetrics-text;version=1.0.0"
    private static let om0 = "application/openmetrics-text;version=0.0.1"
    private static let text1 = "text/plain;version=1.0.0"
    private static let text0 = "text/plain;version=0.0.4"

    /// The media types of a header as Prometheus weights them: from `first` tenths down, one each.
    private static func weighted(_ types: [String], from first: Int) -> String {
        types.enumerated().map { "\($1);q=0.\(first - $0)" }.joined(separator: ",")
    }

    /// All headers that Prometheus 2.53.3 and 3.5.3 send (observed).
    ///
    /// By `scrape_protocols`, `metric_name_escaping_scheme` and the features native-histograms and
    /// created-timestamp-zero-ingestion. Since 3 Prometheus refuses answers of other types than it knows.
    private static let sent: [(types: [String], first: Int, expected: String)] = [
        ([protobuf, "*/*"], 5, text), ([protobuf, "*/*"], 6, text), ([text0, "*/*"], 5, text),
        ([text0, "*/*"], 6, text), ([om0, "*/*"], 5, draft), ([om0, "*/*"], 6, draft),
        ([om1, "*/*"], 5, openMetrics("underscores")),
        ([om1, om0, text0, "*/*"], 5, openMetrics("underscores")),
        ([protobuf, om1, "*/*"], 5, openMetrics("underscores")),
        ([protobuf, om1, om0, text0, "*/*"], 5, openMetrics("underscores")),
        ([om1 + utf8, om0, text1 + utf8, text0, "*/*"], 6, openMetrics("allow-utf-8")),
        ([protobuf, om1 + utf8, "*/*"], 6, openMetrics("allow-utf-8")),
        ([protobuf, om1 + utf8, om0, text1 + utf8, text0, "*/*"], 6, openMetrics("allow-utf-8")),
    ]
    private static let utf8 = ";escaping=allow-utf-8"

    @Test(arguments: sent.indices)
    func whatPrometheusSendsIsAnsweredWithATypeThatItTakes(number: Int) {
        let header = Self.sent[number]
        #expect(answer(Self.weighted(header.types, from: header.first)) == header.expected)
    }

    @Test(arguments: ["allow-utf-8", "underscores", "dots", "values"])
    func theEscapingThatPrometheus3IsConfiguredForIsThatOfTheAnswer(escaping: String) {
        #expect(
            answer("application/openmetrics-text;version=1.0.0;escaping=\(escaping);q=0.6,*/*;q=0.5")
                == Self.openMetrics(escaping)
        )
        #expect(
            answer("text/plain;version=1.0.0;escaping=\(escaping);q=0.6,*/*;q=0.5")
                == "text/plain; version=1.0.0; charset=utf-8; escaping=\(escaping)"
        )
    }

    private static let draft = "application/openmetrics-text; version=0.0.1; charset=utf-8"

    private static func openMetrics(_ escaping: String) -> String {
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=\(escaping)"
    }

    @Test(
        arguments: [
            nil, "", "*/*", "text/*", "text/plain", "text/plain;version=0.0.4", "application/json", "image/png;q=0.5",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "/;q=0.1", ";;,,",
            "text/plain;version=9",
            "application/openmetrics-text;version=2.0.0", "application/openmetrics-text;q=0,*/*",
            "application/openmetrics-text;q=nan", "text/plain;version=0.0.4;escaping=allow-utf-8",
            "text/plain;escaping=klingon", "application/vnd.google.protobuf;encoding=delimited",
        ] as [String?]
    )
    func theRestGetsText004(accept: String?) {
        #expect(answer(accept) == Self.text)
    }

    @Test(arguments: [
        (
            "application/openmetrics-text",
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
        ),
        ("application/openmetrics-text;version=0.0.1", "application/openmetrics-text; version=0.0.1; charset=utf-8"),
        ("text/plain;version=1.0.0", "text/plain; version=1.0.0; charset=utf-8; escaping=underscores"),
        (
            "TEXT/Plain ; Version=\"1.0.0\" ; escaping=values",
            "text/plain; version=1.0.0; charset=utf-8; escaping=values"
        ),
        ("text/plain;escaping=dots", "text/plain; version=0.0.4; charset=utf-8; escaping=dots"),
        (
            "text/plain;q=0.3,application/openmetrics-text;q=0.30",
            "text/plain; version=0.0.4; charset=utf-8"
        ),
        (
            "*/*,application/openmetrics-text;version=1.0.0",
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
        ),
        (
            "text/plain;q=0.2, application/openmetrics-text;q=0.9",
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
        ),
    ])
    func theBestOfferIsServed(accept: String, expected: String) {
        #expect(answer(accept) == expected)
    }
}
