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
