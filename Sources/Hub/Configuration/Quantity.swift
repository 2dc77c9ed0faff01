/// How one kind of amount is written in hub.yml.
struct Quantity<Value: Comparable> {
    let zero: Value
    /// What an error asks for.
    let expectation: String
    let parse: (String) -> Value?
    let format: (Value) -> String
}

extension Quantity<Duration> {
    static var duration: Self {
        Quantity(
            zero: .zero,
            expectation: "a duration such as 250ms, 5s or 1m30s",
            parse: ConfigurationText.duration,
            format: ConfigurationText.format
        )
    }
}

extension Quantity<Int> {
    static var bytes: Self {
        Quantity(
            zero: 0,
            expectation: "a size such as 100, 64KiB or 32MiB",
            parse: ConfigurationText.bytes,
            format: { ConfigurationText.format(bytes: $0) }
        )
    }

    static var count: Self {
        Quantity(zero: 0, expectation: "a whole number", parse: { Int($0) }, format: { "\($0)" })
    }
}

/// The amounts a key takes.
enum Bounds<Value: Comparable> {
    case positive(to: Value)
    case notNegative(to: Value)

    /// The rule a value breaks, as a phrase; nil when it breaks none.
    func violation(by value: Value, of quantity: Quantity<Value>) -> String? {
        switch self {
        case .positive where value <= quantity.zero: "must be greater than 0"
        case .notNegative where value < quantity.zero: "must not be less than 0"
        case .positive(let most) where value > most, .notNegative(let most) where value > most:
            "must be at most \(quantity.format(most))"
        default: nil
        }
    }
}
