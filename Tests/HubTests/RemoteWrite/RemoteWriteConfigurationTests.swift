import RemoteWrite
import Testing

@testable import Hub

@Suite struct RemoteWriteConfigurationTests {
    /// Writes one endpoint with further keys.
    private static func endpoint(_ more: String) -> String {
        "remote_write:\n  endpoints:\n    - { name: a, url: \"http://a/\", \(more) }"
    }

    static let invalid = [
        InvalidCase("remote_write: []", "hub.yml:1: remote_write must be a map, got a list"),
        InvalidCase("remote_write: { interval: 0s }", "hub.yml:1: interval must be greater than 0, got 0s"),
        InvalidCase("remote_write: { endpoints: { a: 1 } }", "hub.yml:1: endpoints must be a list, got a map"),
        InvalidCase("remote_write: { endpoints: [a] }", "hub.yml:1: an endpoint must be a map, got \"a\""),
        InvalidCase(
            "remote_write: { endpoints: [{ url: \"http://a/\" }] }",
            "hub.yml:1: an endpoint must have a name"
        ),
        InvalidCase("remote_write: { endpoints: [{ name: a }] }", "hub.yml:1: an endpoint must have a url"),
        InvalidCase(
            "remote_write: { endpoints: [{ name: a/b, url: \"http://a/\" }] }",
            "hub.yml:1: name must be at most 64 letters, digits, _ and -"
        ),
        InvalidCase(
            "remote_write: { endpoints: [{ name: a, url: \"ftp://a/\" }] }",
            "hub.yml:1: url must be an http or https URL"
        ),
        InvalidCase(
            "remote_write: { endpoints: [{ name: a, url: \"http://me:word@a/\" }] }",
            "hub.yml:1: url must not hold credentials, write basic_auth"
        ),
        InvalidCase(
            "remote_write: { endpoints: [{ name: a, url: \"http://a/\" }, { name: a, url: \"http://b/\" }] }",
            "hub.yml:1: endpoints: name \"a\" is given twice"
        ),
        InvalidCase(endpoint("protocol: 3.0"), "hub.yml:3: protocol must be one of auto, 1.0, 2.0, got \"3.0\""),
        InvalidCase(endpoint("shards: 65"), "hub.yml:3: shards must be at most 64, got 65"),
        InvalidCase(endpoint("shard: 1"), "hub.yml:3: unknown key \"shard\", did you mean \"shards\"?"),
        InvalidCase(
            endpoint("headers: { User-Agent: me }"),
            "hub.yml:3: header \"User-Agent\" is set by the hub and must not be set here"
        ),
        InvalidCase(
            endpoint("headers: { \"a b\": me }"),
            "hub.yml:3: header \"a b\" has a character that must not be in a header"
        ),
        InvalidCase(
            endpoint("bearer_token: t, basic_auth: { username: u, password: p }"),
            "hub.yml:3: basic_auth and bearer_token must not both be given"
        ),
        InvalidCase(endpoint("tls: { cert: x }"), "hub.yml:3: cert and key must be given together"),
        InvalidCase(endpoint("tls: { server_name: \"a b\" }"), "hub.yml:3: server_name must be a host name"),
        InvalidCase(
            endpoint("retry: { max_backoff: 1s, min_backoff: 2s }"),
            "hub.yml:3: min_backoff must be at most 1s, got 2s"
        ),
        InvalidCase(endpoint("queue: { max_size: 1000 }"), "hub.yml:3: max_size must be at least 1MiB, got 1000"),
        InvalidCase(
            endpoint("write_relabel_configs: [{ action: remove }]"),
            "hub.yml:3: action must be one of replace, keep, drop, keepequal, dropequal, hashmod, labelmap, labeldrop, "
                + "labelkeep, lowercase, uppercase, got \"remove\""
        ),
        InvalidCase(
            endpoint("write_relabel_configs: [{ action: labeldrop, regex: \"(\" }]"),
            "hub.yml:3: regex: error parsing regexp: missing closing ): `(`"
        ),
        InvalidCase(
            endpoint("write_relabel_configs: [{ action: replace }]"),
            "hub.yml:3: action replace needs target_label"
        ),
        InvalidCase(
            endpoint("write_relabel_configs: [{ target_label: \"a-b\" }]"),
            "hub.yml:3: target_label \"a-b\" is no label name"
        ),
        InvalidCase(
            endpoint("write_relabel_configs: [{ action: hashmod, source_labels: [a], target_label: b }]"),
            "hub.yml:3: action hashmod needs modulus"
        ),
        InvalidCase(
            endpoint("write_relabel_configs: [{ action: keep, regex: a }]"),
            "hub.yml:3: action keep needs source_labels"
        ),
    ]

    @Test(arguments: invalid) func whatIsWrongIsSaid(invalid: InvalidCase) {
        #expect(configurationProblems(invalid.text) == [invalid.message])
    }

    @Test func allKeysAreRead() throws {
        let configuration = try decodeConfiguration(
            """
            remote_write:
              interval: 15s
              job: hub
              instance: home
              metadata_interval: 2m
              relabel_configs: [{ source_labels: [a, b], separator: "-", target_label: c, replacement: "${1}x" }]
              endpoints:
                - name: vps
                  url: https://vps.example/api/v1/write
                  protocol: "1.0"
                  timeout: 5s
                  headers: { X-Tenant: home }
                  basic_auth: { username: me, password: "${WORD}" }
                  shards: 3
                  max_samples_per_send: 10
                  max_bytes_per_send: 1MiB
                  max_series: 77
                  retry: { min_backoff: 1s, max_backoff: 2s, max_retry_after: 3s, on_http_429: false }
                  queue: { max_size: 2MiB, max_age: 1h, max_memory_samples: 0 }
            """,
            environment: ["WORD": "wonderland"]
        ).remoteWrite
        #expect(configuration.interval == .seconds(15))
        #expect(configuration.job == "hub")
        #expect(configuration.instance == "home")
        #expect(configuration.metadataInterval == .seconds(120))
        #expect(configuration.relabeling.first?.replacement == "${1}x")
        let endpoint = try #require(configuration.endpoints.first)
        #expect(endpoint.writeProtocol == .v1)
        #expect(endpoint.authorization?.reveal() == "Basic bWU6d29uZGVybGFuZA==")
        #expect(endpoint.headers == [.init(name: "X-Tenant", value: Secret("home"))])
        #expect(endpoint.row == RowLimit(samples: 10, bytes: 1 << 20))
        #expect((endpoint.shards, endpoint.maxSeries) == (3, 77))
        #expect(endpoint.retry.limits == .init(shortest: 1000, longest: 2000, longestAsked: 3000))
        #expect(!endpoint.retry.onTooManyRequests)
        #expect(endpoint.queue == EndpointQueue(maxSize: 2 << 20, maxAge: .seconds(3600), maxMemorySamples: 0))
        #expect(!printedForms(configuration).contains("wonderland"))
    }
}
