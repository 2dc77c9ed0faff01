import Exposition
import FoundationEssentials

/// What tells a group of pushed metrics from others: the labels in the path of the push.
struct GroupingKey: Sendable, Hashable {
    /// Sorted by name, `job` among them.
    let labels: [Label]

    struct Label: Sendable, Hashable {
        let name: String
        let value: String
    }

    /// Why a path names no group; the words are Pushgateway's.
    struct Problem: Error, Equatable {
        let reason: String
    }

    static let path = "/metrics/job/"
    private static let encodedPath = "/metrics/job@base64/"
    private static let base64Suffix = "@base64"

    /// Whether a path is that of a group.
    static func isPath(_ path: String) -> Bool {
        path.hasPrefix(Self.path) || path.hasPrefix(encodedPath)
    }

    /// Reads `/metrics/job/NAME{/LABEL/VALUE}`; `@base64` behind `job` or a label's name says how its value is written.
    ///
    /// A label's name may be any text, also escaped as in `U__my_2e_label` (Pushgateway with `--push.enable-utf8-names`).
    init(path: String) throws(Problem) {
        let parts = path.dropFirst("/metrics/".count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 1, !parts[1].isEmpty else { throw Problem(reason: "job name is required") }
        let job = try Self.value(parts[1], isEncoded: parts[0].hasSuffix(Self.base64Suffix), of: "job")
        guard !job.isEmpty else { throw Problem(reason: "job name is required") }
        var labels: [String: String] = [:]
        var rest = parts.dropFirst(2)
        // A slash at the end.
        if rest.count == 1, rest.first?.isEmpty == true { rest = [] }
        guard rest.count % 2 == 0 else {
            throw Problem(reason: "odd number of components in label string \"/\(rest.joined(separator: "/"))\"")
        }
        while let name = rest.popFirst(), let value = rest.popFirst() {
            let isEncoded = name.hasSuffix(Self.base64Suffix)
            let plain = isEncoded ? String(name.dropLast(Self.base64Suffix.count)) : String(name)
            let label = ExpositionFormat.Escaping.unescapeValues(plain)
            guard Self.isUsable(label) else { throw Problem(reason: "improper label name \"\(plain)\"") }
            labels[label] = try Self.value(value, isEncoded: isEncoded, of: plain)
        }
        labels["job"] = job
        self.init(labels)
    }

    init(_ labels: [String: String]) {
        self.labels = labels.map { Label(name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
    }

    var job: String { labels.first { $0.name == "job" }?.value ?? "" }

    /// Bytes of all names and values.
    var byteCount: Int { labels.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count } }

    /// What samples of the group get: these labels whatever they have, and an empty `instance` where they have none.
    var added: AddedLabels? {
        var rules = labels.map { AddedLabels.Rule(name: $0.name, value: $0.value, ifPresent: .replace) }
        if !labels.contains(where: { $0.name == "instance" }) {
            rules.append(AddedLabels.Rule(name: "instance", value: "", ifPresent: .keep))
        }
        return try? AddedLabels(rules)
    }

    private static func isUsable(_ name: String) -> Bool {
        // Families write these two themselves.
        LabelName.isValid(name) && !LabelName.isReserved(name) && name != "le" && name != "quantile"
    }

    private static func value(_ text: Substring, isEncoded: Bool, of label: String) throws(Problem) -> String {
        guard isEncoded else { return String(text) }
        guard let value = decode(text) else {
            throw Problem(reason: "invalid base64 encoding for label \(label)=\"\(text)\"")
        }
        return value
    }

    /// Base64 with the alphabet for URLs (RFC 4648 §5); `=` at the end may be there or not, so that one alone is empty.
    private static func decode(_ text: Substring) -> String? {
        var digits = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed().map { byte in
            byte == UInt8(ascii: "-") ? UInt8(ascii: "+") : byte == UInt8(ascii: "_") ? UInt8(ascii: "/") : byte
        }
        // The other alphabet is refused, as Pushgateway does.
        guard !text.utf8.contains(UInt8(ascii: "+")), digits.count % 4 != 1 else { return nil }
        digits += Array(repeating: UInt8(ascii: "="), count: (4 - digits.count % 4) % 4)
        return Data(base64Encoded: Data(digits)).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
