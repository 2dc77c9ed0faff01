import Testing

@testable import Hub

@Suite struct GroupingKeyTests {
    private func labels(_ path: String) throws -> [String: String] {
        let key = try GroupingKey(path: path)
        return Dictionary(uniqueKeysWithValues: key.labels.map { ($0.name, $0.value) })
    }

    @Test(arguments: [
        ("/metrics/job/a", ["job": "a"]), ("/metrics/job/a/", ["job": "a"]),
        ("/metrics/job/a/x/1/y/2", ["job": "a", "x": "1", "y": "2"]), ("/metrics/job/a/x/", ["job": "a", "x": ""]),
        ("/metrics/job/a/job/b", ["job": "a"]), ("/metrics/job/a/x/1/x/2", ["job": "a", "x": "2"]),
        ("/metrics/job@base64/L3Zhci90bXA", ["job": "/var/tmp"]),
        ("/metrics/job@base64/L3Zhci90bXA=", ["job": "/var/tmp"]),
        ("/metrics/job/a/x@base64/=", ["job": "a", "x": ""]),
        ("/metrics/job/a/x@base64/Pz8_", ["job": "a", "x": "???"]),
        ("/metrics/job/a/x-y.z/1", ["job": "a", "x-y.z": "1"]), ("/metrics/job/a/ü/1", ["job": "a", "ü": "1"]),
    ])
    func pathsNameGroups(path: String, expected: [String: String]) throws {
        #expect(try labels(path) == expected)
    }

    /// Observed: Pushgateway 1.11.2 with `--push.enable-utf8-names`.
    @Test(
        arguments: [
            ("U__a_2e_b", "a.b"), ("U__a_2E_b", "a.b"), ("U__a__b", "a_b"), ("U__a_00e9_b", "a\u{e9}b"), ("U__x", "x"),
            ("U____name__", "_name_"), ("U__1", "1"), ("U__a_20_b@base64", "a b"), ("U__", nil), ("U______x", nil),
            // What is not escaped well is not unescaped.
            ("U__a_zz_", "U__a_zz_"), ("U__a_d800_", "U__a_d800_"), ("U__a_110000_", "U__a_110000_"),
            ("U__a_", "U__a_"), ("U__a_2e", "U__a_2e"), ("U_x", "U_x"), ("u__a_2e_b", "u__a_2e_b"),
        ] as [(String, String?)]
    )
    func namesOfLabelsMayBeEscaped(name: String, expected: String?) throws {
        let path = "/metrics/job/a/\(name)/" + (name.hasSuffix("@base64") ? "MQ" : "1")
        guard let expected else {
            #expect(throws: GroupingKey.Problem(reason: "improper label name \"\(name)\"")) { try labels(path) }
            return
        }
        #expect(try labels(path) == ["job": "a", expected: "1"])
    }

    @Test(arguments: [
        ("/metrics/job/", "job name is required"), ("/metrics/job//x/1", "job name is required"),
        ("/metrics/job@base64/=", "job name is required"),
        ("/metrics/job/a/x", "odd number of components in label string \"/x\""),
        ("/metrics/job/a//1", "improper label name \"\""), ("/metrics/job/a/__x/1", "improper label name \"__x\""),
        ("/metrics/job/a/le/1", "improper label name \"le\""),
        ("/metrics/job/a/U__quantile/1", "improper label name \"U__quantile\""),
        ("/metrics/job/a/x@base64/a", "invalid base64 encoding for label x=\"a\""),
        ("/metrics/job/a/x@base64/Pz8+", "invalid base64 encoding for label x=\"Pz8+\""),
        ("/metrics/job/a/x@base64/_w", "invalid base64 encoding for label x=\"_w\""),
    ])
    func otherPathsAreRefused(path: String, reason: String) {
        #expect(throws: GroupingKey.Problem(reason: reason)) { () throws in _ = try GroupingKey(path: path) }
    }

    @Test func theOrderOfLabelsDoesNotMatter() throws {
        let first = try GroupingKey(path: "/metrics/job/a/x/1/y/2")
        let second = try GroupingKey(path: "/metrics/job/a/y/2/x/1")
        #expect(first == second)
    }
}
