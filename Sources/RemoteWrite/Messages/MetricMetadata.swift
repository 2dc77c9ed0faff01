/// What is known of one metric family, as remote write tells it.
package struct MetricMetadata: Sendable, Hashable {
    /// The numbers are those of both protocols.
    package enum Kind: UInt8, Sendable {
        case unknown = 0
        case counter = 1
        case gauge = 2
        case histogram = 3
        case gaugehistogram = 4
        case summary = 5
        case info = 6
        case stateset = 7
    }

    package var name: String
    package var kind: Kind
    package var help: String
    package var unit: String

    package init(name: String, kind: Kind, help: String = "", unit: String = "") {
        self.name = name
        self.kind = kind
        self.help = help
        self.unit = unit
    }
}
