import Testing

@testable import Hub

@Suite struct H2OTests {
    private func samples(
        _ body: String,
        settings: String = "",
        path: String = "/server-status"
    ) async throws -> [String] {
        let server = try await CannedServer(type: "text/plain; charset=utf-8", body)
        let address = server.url.replacing("/metrics", with: path)
        let plugin = try await TestPlugin(
            shipped: "h2o",
            configuration: """
                plugins: { test: { settings: { \(settings) }, target_label: false, targets: ["\(address)"] } }
                """.replacing("target_label: false, ", with: "")
        )
        let samples = await plugin.collect().samples
        #expect(
            server.requests.first?.hasPrefix("GET /server-status/json?show=main,events,durations,ssl,memory HTTP")
                == true
        )
        // The label of the target says nothing here.
        return samples.map {
            $0.replacing("target=\"\(address)\",", with: "").replacing(",target=\"\(address)\"", with: "").replacing(
                "{target=\"\(address)\"}",
                with: ""
            )
        }
    }

    /// The shape of 2.2, with its odd layout, a null and keys that are there twice.
    private static let old = """
        {
         
         "server-version": "2.2.5",
         "openssl-version": "OpenSSL 3.0.19",
         "current-time": "22/Nov/2026:16:14:47 +0000",
         "restart-time": "22/Nov/2026:16:14:46 +0000",
         "uptime": 1,
         "generation": null,
         "connections": 3,
         "max-connections": 1024,
         "num-sessions": 11,
         "jemalloc": { "jemalloc-raw": "___", "allocated": 5, "mapped": 7 },
         "status-errors.404": 5,
         "http2-errors.flow-control": 2, 
         "http2.read-closed": 4
        ,
         "process-time-0": 0,
         "process-time-50": 301205,
         "process-time-99": 400000
        , "duration-99": 0
        ,
         "status-errors.404": 6
        }
        """

    @Test func theKeysOf22HaveTypesUnitsAndLabels() async throws {
        #expect(
            try await samples(Self.old) == [
                #"h2o_build_info{openssl_version="OpenSSL 3.0.19",version="2.2.5"} 1"#, "h2o_connections 3",
                #"h2o_duration_seconds{quantile="0.99"} 0"#, "h2o_http2_errors_total{error=\"flow-control\"} 2",
                "h2o_http2_read_closed_total 4", #"h2o_jemalloc_bytes{state="allocated"} 5"#,
                #"h2o_jemalloc_bytes{state="mapped"} 7"#, "h2o_max_connections 1024",
                #"h2o_process_time_seconds{quantile="0.0"} 0"#, #"h2o_process_time_seconds{quantile="0.5"} 0.301205"#,
                #"h2o_process_time_seconds{quantile="0.99"} 0.4"#, "h2o_sessions_total 11",
                "h2o_start_time_seconds 1795364086", #"h2o_status_errors_total{code="404"} 6"#, "h2o_uptime_seconds 1",
            ]
        )
    }

    @Test func theKeysOf23HaveTypesUnitsAndLabels() async throws {
        let body = """
            { "server-version": "2.3.0", "evloop-latency-nanosec": [1500000, 0], "connections.idle": 2,
              "connections.idle-closed": 3, "ssl.handshake.full": 4, "ssl.handshake.accumulated-time.full": 2500000,
              "ssl.alpn.h2": 5, "ssl.errors": 6, "memory.mem_pool.chunks": 7, "memory.socket.ssl.low_watermark": 8,
              "memory.mmap_errors": 9, "memory.socket.zerocopy.inflight": 10, "http1-errors.request-timeout": 11,
              "http3.packet-forwarded": 12, "quic.packet-received": 13, "quic.num-bytes.sent": 14,
              "quic.num-frames-sent.max_data": 15, "quic.num-sentmap-packets-largest": 16, "soft-connection-limit": 17,
              "h2olog.lost": 18, "quic.a-b": 19, "quic.a.b": 20, "soft-connection-limit.min-age": 30, "requests": [] }
            """
        let found = try await samples(body)
        #expect(
            found.filter { !$0.hasPrefix("h2o_quic_a_b") } == [
                #"h2o_build_info{openssl_version="",version="2.3.0"} 1"#, #"h2o_connection_states{state="idle"} 2"#,
                "h2o_connections_idle_closed_total 3", #"h2o_evloop_latency_seconds{thread="0"} 0.0015"#,
                #"h2o_evloop_latency_seconds{thread="1"} 0"#, "h2o_h2olog_lost_total 18",
                #"h2o_http1_errors_total{error="request-timeout"} 11"#, "h2o_http3_packets_forwarded_total 12",
                #"h2o_memory_chunks{pool="mem_pool"} 7"#, #"h2o_memory_low_watermark_chunks{pool="socket.ssl"} 8"#,
                "h2o_memory_mmap_errors_total 9", "h2o_memory_zerocopy_inflight 10", "h2o_quic_bytes_sent_total 14",
                #"h2o_quic_frames_sent_total{frame="max_data"} 15"#, "h2o_quic_packet_received_total 13",
                "h2o_quic_sentmap_packets_largest 16", "h2o_soft_connection_limit 17",
                #"h2o_ssl_alpn_total{protocol="h2"} 5"#, "h2o_ssl_errors_total 6",
                #"h2o_ssl_handshake_seconds_total{type="full"} 2.5"#, #"h2o_ssl_handshakes_total{type="full"} 4"#,
            ]
        )
        #expect(found.count { $0.hasPrefix("h2o_quic_a_b_total") } == 1)
    }

    @Test func durationsThatAreAllZeroAreNoSamples() async throws {
        let body = #"{ "server-version": "2.2.5", "process-time-50": 0, "duration-99": 0 }"#
        #expect(try await samples(body) == [#"h2o_build_info{openssl_version="",version="2.2.5"} 1"#])
    }

    @Test(arguments: ["/server-status/", "/server-status/json", "/server-status/json?show=main", "/server-status?a#b"])
    func theAddressMayBeThatOfThePageOrOfTheNumbers(path: String) async throws {
        #expect(try await samples(#"{ "server-version": "2.2.5" }"#, path: path).count == 1)
    }

    @Test func numbersThatAreNotKnownAreReportedOnRequest() async throws {
        let body = #"{ "server-version": "9", "new.thing-x": 5, "new.text": "x", "new.null": null }"#
        #expect(try await samples(body).count == 1)
        #expect(try await samples(body, settings: "unknown: true").contains("h2o_new_thing_x 5"))
    }

    @Test(arguments: [
        ("{\n\n}\n", "not the status of h2o"), ("<html>", "not the status of h2o: line 1, column 1: expected a value"),
        ("[1]", "not the status of h2o"),
    ])
    func whatIsNotTheStatusIsAnError(body: String, message: String) async throws {
        #expect(try await samples(body).first?.contains(message) == true)
    }
}
