import LinearRegex
import SNMP

/// One module of snmp_exporter: what to ask an agent for, and what to make of the answers.
struct SNMPModule: Sendable {
    var name: String
    /// Subtrees.
    var walk: [ObjectIdentifier] = []
    /// Objects.
    var get: [ObjectIdentifier] = []
    var metrics: [ModuleMetric] = []
    var parameters = WalkParameters()
    var filters: [DynamicFilter] = []
    /// Of a module in the format before 0.23, which has its credentials in it.
    var auth: SNMPAuth?

    /// Whether its own metrics bear no label `module`, as before 0.24.
    var isOldFormat: Bool { auth != nil }
}

/// How an agent is asked; the defaults are snmp_exporter's.
struct WalkParameters: Sendable, Equatable {
    /// 0 gets objects one at a time, and walks with `walkRepetitions`.
    var maxRepetitions = 25
    var retries = 3
    var timeout = Duration.seconds(5)
    /// Whether answers may come from another address than was asked.
    var usesUnconnectedSocket = false
    var allowsNonIncreasing = false

    /// What gosnmp walks with where nothing is asked for.
    private static let defaultRepetitions = 50

    var walkRepetitions: Int { maxRepetitions == 0 ? Self.defaultRepetitions : maxRepetitions }
}

/// A choice of rows, made with the agent's answers before anything else is asked.
struct DynamicFilter: Sendable {
    /// The column that decides.
    var oid: ObjectIdentifier
    /// Subtrees of which only the chosen rows are asked.
    var targets: [ObjectIdentifier] = []
    /// Patterns, one of which must be found in the row's value.
    var values: [LinearRegex] = []
}

/// What is made of one object or column.
struct ModuleMetric: Sendable {
    var name = ""
    var oid = ObjectIdentifier([])
    var type = ModuleMetricType.text(nil)
    var help = ""
    var indexes: [ModuleIndex] = []
    var lookups: [ModuleLookup] = []
    /// By the suffix of the metric's name, in the order of the file.
    var extracts: [(suffix: String, rules: [RegexExtract])] = []
    /// As `DateTimeReader` reads it.
    var dateTimePattern = ""
    var enumValues: EnumValues = [:]
    var offset = 0.0
    /// 0 does not scale.
    var scale = 0.0
    var displayHint = ""
}

typealias EnumValues = [Int: String]

/// One part of a table's index, in the order of the object identifier.
struct ModuleIndex: Hashable, Sendable {
    var label = ""
    var type = ValueFormat.integer
    /// Sub-identifiers; 0 where the first of them says how many follow.
    var fixedSize = 0
    var isImplied = false
    var enumValues: EnumValues = [:]
}

/// A label whose value stands in another object of the same row.
struct ModuleLookup: Hashable, Sendable {
    /// The labels whose indexes name the row; none at all takes `label` away.
    var sources: [String] = []
    var label = ""
    var oid = ObjectIdentifier([])
    /// Nil stands for what the value itself is.
    var type: ValueFormat?
    var displayHint = ""
    var enumValues: EnumValues = [:]
}

/// A number out of a text.
struct RegexExtract: Sendable {
    var pattern: LinearRegex
    /// The number with `$1` for what the first group found.
    var value = "$1"
}

/// What a metric is.
enum ModuleMetricType: Sendable, Equatable {
    case counter
    case gauge
    case dateAndTime
    case parsedDateAndTime
    case ntpTimeStamp
    case enumAsInfo
    case enumAsStateSet
    case bits
    /// The value is text and becomes a label.
    case text(ValueFormat?)

    /// By the words of snmp.yml; an absent type is text as it comes.
    init?(named name: String) {
        switch name {
        case "counter": self = .counter
        case "gauge", "Float", "Double": self = .gauge
        case "DateAndTime": self = .dateAndTime
        case "ParseDateAndTime": self = .parsedDateAndTime
        case "NTPTimeStamp": self = .ntpTimeStamp
        case "EnumAsInfo": self = .enumAsInfo
        case "EnumAsStateSet": self = .enumAsStateSet
        case "Bits": self = .bits
        case "": self = .text(nil)
        default:
            guard let format = ValueFormat(named: name) else { return nil }
            self = .text(format)
        }
    }

    static let names = [
        "gauge", "counter", "Float", "Double", "DateAndTime", "ParseDateAndTime", "NTPTimeStamp", "EnumAsInfo",
        "EnumAsStateSet", "Bits", "OctetString", "DisplayString", "PhysAddress48", "InetAddress",
        "InetAddressMissingSize", "InetAddressIPv4", "InetAddressIPv6", "LldpPortId",
    ]
}

/// How the sub-identifiers of an index, or the bytes of a value, are written as text.
enum ValueFormat: Sendable, Equatable {
    case integer
    case physAddress48
    case octetString
    case displayString
    case inetAddressIPv4
    case inetAddressIPv6
    /// A number that tells the format, a length, the address (RFC 4001).
    case inetAddress
    /// The same without the length, as some agents have it.
    case inetAddressMissingSize
    case lldpPortID
    case enumAsInfo

    /// By the words of snmp.yml.
    init?(named name: String) {
        switch name {
        case "Integer32", "Integer", "gauge", "counter": self = .integer
        case "PhysAddress48": self = .physAddress48
        case "OctetString": self = .octetString
        case "DisplayString": self = .displayString
        case "InetAddressIPv4": self = .inetAddressIPv4
        case "InetAddressIPv6": self = .inetAddressIPv6
        case "InetAddress": self = .inetAddress
        case "InetAddressMissingSize": self = .inetAddressMissingSize
        case "LldpPortId": self = .lldpPortID
        case "EnumAsInfo": self = .enumAsInfo
        default: return nil
        }
    }

    static let names = [
        "gauge", "counter", "Integer", "Integer32", "OctetString", "DisplayString", "PhysAddress48", "InetAddress",
        "InetAddressMissingSize", "InetAddressIPv4", "InetAddressIPv6", "LldpPortId", "EnumAsInfo",
    ]

    /// The format of what a number before it introduces (RFC 4001 `InetAddressType`, LLDP-MIB `LldpPortIdSubtype`).
    ///
    /// Nil for a number without one; `nil` as a whole for a format that no number introduces.
    var introduced: ((Int) -> ValueFormat?)? {
        switch self {
        case .inetAddress, .inetAddressMissingSize:
            { $0 == 1 ? .inetAddressIPv4 : $0 == 2 ? .inetAddressIPv6 : nil }
        case .lldpPortID:
            { number in
                switch number {
                case 1, 2, 5, 7: .displayString
                case 3: .physAddress48
                default: nil
                }
            }
        default: nil
        }
    }
}
