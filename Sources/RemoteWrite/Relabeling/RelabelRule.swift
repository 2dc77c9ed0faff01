/// One rule of relabelling, as Prometheus has them (Prometheus, "relabel_config").
package struct RelabelRule: Sendable, Equatable {
    package enum Action: String, Sendable, CaseIterable {
        case replace
        case keep
        case drop
        case keepequal
        case dropequal
        case hashmod
        case labelmap
        case labeldrop
        case labelkeep
        case lowercase
        case uppercase
    }

    package var action = Action.replace
    package var sourceLabels: [String] = []
    package var separator = ";"
    package var targetLabel = ""
    /// As written, for errors; what it means is `expression`'s business.
    package var regex = "(.*)"
    package var modulus: UInt64 = 0
    package var replacement = "$1"
    /// Nil stands for `(.*)`.
    package var expression: (any LabelExpression)?

    package init() {}

    package static func == (left: Self, right: Self) -> Bool {
        left.action == right.action && left.sourceLabels == right.sourceLabels && left.separator == right.separator
            && left.targetLabel == right.targetLabel && left.regex == right.regex && left.modulus == right.modulus
            && left.replacement == right.replacement
    }
}

/// A regular expression that is held against whole texts.
package protocol LabelExpression: Sendable {
    /// What the groups stand for, the whole text at 0; nil when the text does not match.
    ///
    /// A group that takes no part is nil.
    func match(_ text: String) -> [Substring?]?

    /// The number of the group with this name.
    func group(named name: String) -> Int?
}
