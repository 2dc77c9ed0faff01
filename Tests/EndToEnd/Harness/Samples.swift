/// One sample line of an exposition.
struct Sample {
    let name: String
    let labels: [String: String]
    let value: Double
}

/// The samples of an exposition in text format; comments are skipped, timestamps and exemplars ignored.
struct Samples {
    let all: [Sample]

    /// - Throws: `HarnessError` with the line that is not a sample.
    init(parsing text: String) throws {
        all = try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(parseSample)
    }

    /// The samples of a name that carry all the given labels.
    func callAsFunction(_ name: String, _ labels: [String: String] = [:]) -> [Sample] {
        all.filter { sample in
            sample.name == name && labels.allSatisfy { sample.labels[$0] == $1 }
        }
    }

    /// The value of the one sample of a name with the given labels; nil when there is none or more than one.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = self(name, labels)
        return found.count == 1 ? found[0].value : nil
    }

    /// The sum of what `callAsFunction` finds: 0 when that is nothing.
    func sum(_ name: String, _ labels: [String: String] = [:]) -> Double {
        self(name, labels).reduce(0) { $0 + $1.value }
    }

    /// How often a run of `plugin` failed for `reason`.
    func failures(_ plugin: String, _ reason: String) -> Double {
        sum("hub_plugin_failures_total", ["plugin": plugin, "reason": reason])
    }
}

private func parseSample(_ line: Substring) throws -> Sample {
    let name = line.prefix { $0 != "{" && $0 != " " }
    var rest = line.dropFirst(name.count)
    var labels: [String: String] = [:]
    if rest.first == "{" {
        rest = rest.dropFirst()
        while let first = rest.first, first != "}" {
            let (label, value) = parseLabel(&rest)
            labels[label] = value
        }
        rest = rest.dropFirst()
    }
    guard let value = rest.split(separator: " ").first.flatMap({ parseValue($0) }) else {
        throw HarnessError(description: "not a sample: \(line)")
    }
    return Sample(name: String(name), labels: labels, value: value)
}

/// Reads `name="value"` and a comma after it.
private func parseLabel(_ rest: inout Substring) -> (String, String) {
    let name = rest.prefix { $0 != "=" }
    rest = rest.dropFirst(name.count + 2)
    var value = ""
    while let character = rest.popFirst(), character != "\"" {
        if character != "\\" {
            value.append(character)
        } else if let escaped = rest.popFirst() {
            value.append(escaped == "n" ? "\n" : escaped)
        }
    }
    if rest.first == "," { rest = rest.dropFirst() }
    return (String(name), value)
}

private func parseValue(_ text: Substring) -> Double? {
    switch text {
    case "+Inf": .infinity
    case "-Inf": -.infinity
    case "NaN": .nan
    default: Double(text)
    }
}
