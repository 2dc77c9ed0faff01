/// One value of a YAML document with the place where it starts.
struct YAMLNode: Sendable, Equatable {
    enum Content: Sendable, Equatable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    /// Counted from 1, as is `column`.
    var line: Int
    var column: Int
    var content: Content

    /// Whether nothing stands here: an empty value, `~` or `null`, none of them quoted.
    var isNull: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return scalar.isNull
    }

    /// What an error says was found: `a list`, `a map`, `nothing`, `"text"` or `<secret>`.
    var summary: String {
        switch content {
        case .scalar(let scalar): scalar.summary
        case .sequence: "a list"
        case .mapping: "a map"
        }
    }

    /// The entries of a mapping, none where nothing stands, nil for a scalar or a list.
    var entries: [YAMLEntry]? {
        if case .mapping(let entries) = content { return entries }
        return isNull ? [] : nil
    }
}

/// One `key: value` of a mapping.
struct YAMLEntry: Sendable, Equatable {
    var key: String
    var line: Int
    var column: Int
    var value: YAMLNode
}

/// Text as written, before anybody gave it a type.
///
/// Only a plugin's schema knows which settings are secret, so no scalar ever prints its text.
struct YAMLScalar: Sendable, Equatable {
    enum Style: Sendable {
        case plain
        /// In quotes or a block (`|`, `>`): always text, never null.
        case quoted
    }

    var text: String
    var style: Style
    /// Whether the text came from a `${NAME}` or `file:` reference.
    var isSecret = false

    var isNull: Bool {
        style == .plain && !isSecret && (text.isEmpty || text == "~" || text == "null")
    }

    /// What an error says was found.
    var summary: String {
        if isSecret { return "<secret>" }
        return isNull ? "nothing" : ConfigurationText.quote(text)
    }
}

extension YAMLScalar: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { isSecret ? "<secret>" : "<scalar>" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
