/// A pattern for absolute paths: `*` and `?` match within one component, `**` matches any number of components.
struct PathPattern: Sendable, Hashable {
    private enum Component: Hashable {
        case anyDepth
        case literal([UInt8])
        case wildcard([UInt8])
    }

    let text: String
    private let components: [Component]

    /// Nil when the text is not an absolute path, or leads upwards.
    init?(_ text: String) {
        guard text.hasPrefix("/") else { return nil }
        var components: [Component] = []
        for part in text.utf8.split(separator: UInt8(ascii: "/")) {
            let bytes = Array(part)
            if bytes == Array("..".utf8) { return nil }
            if bytes == Array(".".utf8) { continue }
            if bytes == Array("**".utf8) {
                components.append(.anyDepth)
            } else if bytes.contains(UInt8(ascii: "*")) || bytes.contains(UInt8(ascii: "?")) {
                components.append(.wildcard(bytes))
            } else {
                components.append(.literal(bytes))
            }
        }
        self.text = text
        self.components = components
    }

    /// Whether a clean absolute path matches.
    func matches(_ path: String) -> Bool {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"))
        return matches(parts[...], components[...])
    }

    private func matches(
        _ parts: ArraySlice<String.UTF8View.SubSequence>,
        _ components: ArraySlice<Component>
    ) -> Bool {
        guard let first = components.first else { return parts.isEmpty }
        if case .anyDepth = first {
            let rest = components.dropFirst()
            return rest.isEmpty || (0...parts.count).contains { matches(parts.dropFirst($0), rest) }
        }
        guard let part = parts.first else { return false }
        let isMatch =
            switch first {
            case .literal(let bytes): part.elementsEqual(bytes)
            case .wildcard(let pattern): Self.matches(Array(part), pattern)
            case .anyDepth: false
            }
        return isMatch && matches(parts.dropFirst(), components.dropFirst())
    }

    /// One component against a pattern of `*` and `?`, in linear time but for the last star's retries.
    private static func matches(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
        var position = 0
        var place = 0
        var retry: (place: Int, position: Int)?
        while position < text.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                retry = (place, position)
                place += 1
            } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") || pattern[place] == text[position] {
                place += 1
                position += 1
            } else if let last = retry {
                retry = (last.place, last.position + 1)
                place = last.place + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
