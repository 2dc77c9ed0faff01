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
        return Self.matches(parts, components, star: { $0 == .anyDepth }, one: Self.isMatch)
    }

    /// Whether a file that matches may lie below a folder, given by a clean absolute path.
    func leads(below folder: String) -> Bool {
        let parts = folder.utf8.split(separator: UInt8(ascii: "/"))
        return components.indices.contains { count in
            // Any depth may be none: what comes before it leads there as well.
            Self.matches(parts, Array(components[...count].dropLast()), star: { $0 == .anyDepth }, one: Self.isMatch)
                || components[count] == .anyDepth
                    && Self.matches(parts, Array(components[...count]), star: { $0 == .anyDepth }, one: Self.isMatch)
        }
    }

    private static func isMatch(_ part: Substring.UTF8View, _ component: Component) -> Bool {
        switch component {
        case .literal(let bytes): part.elementsEqual(bytes)
        case .wildcard(let pattern): matches(Array(part), pattern, star: { $0 == star }, one: isMatch)
        case .anyDepth: false
        }
    }

    private static let star = UInt8(ascii: "*")

    private static func isMatch(_ byte: UInt8, _ pattern: UInt8) -> Bool {
        pattern == UInt8(ascii: "?") || byte == pattern
    }

    /// A sequence against a pattern in which stars stand for any number of elements.
    ///
    /// Neither recursion nor more than `text.count * pattern.count` steps: both come from scripts. Only the last star's
    /// choice is ever taken back, since what the stars before it matched can stay as short as it is.
    private static func matches<Element, Part>(
        _ text: [Element],
        _ pattern: [Part],
        star: (Part) -> Bool,
        one: (Element, Part) -> Bool
    ) -> Bool {
        var position = 0
        var place = 0
        var retry: (place: Int, position: Int)?
        while position < text.count {
            if place < pattern.count, star(pattern[place]) {
                retry = (place, position)
                place += 1
            } else if place < pattern.count, one(text[position], pattern[place]) {
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
        return pattern[place...].allSatisfy(star)
    }
}
