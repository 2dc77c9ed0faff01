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
    ])
    func pathsNameGroups(path: String, expected: [String: String]) throws {
        #expect(try labels(path) == expected)
    }

    @Test(arguments: [
        ("/metrics/job/", "job name is required"), ("/metrics/job//x/1", "job name is required"),
        ("/metrics/job@base64/=", "job name is required"),
        ("/metrics/job/a/x", "odd number of components in label string \"/x\""),
        ("/metrics/job/a/1x/1", "improper label name \"1x\""), ("/metrics/job/a/__x/1", "improper label name \"__x\""),
        ("/metrics/job/a/le/1", "improper label name \"le\""), ("/metrics/job/a/ü/1", "improper label name \"ü\""),
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
