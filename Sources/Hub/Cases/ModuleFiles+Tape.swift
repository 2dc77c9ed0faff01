import LuaSandbox

extension ModuleLibrary.Access {
    private static let glob = "fs.glob"
    private static let read = "fs.read"

    /// The same files as a recording writes them down, or as a recorded case has them.
    func taped(by tape: Tape) -> Self { tape.isReplay ? Self.played(tape) : recorded(tape) }

    private static func played(_ tape: Tape) -> Self {
        Self(
            paths: { pattern in
                guard pattern.contains("*") || pattern.contains("?") else { return [pattern] }
                let results = tape.results(of: glob, [.string(Array(pattern.utf8))]) ?? []
                return results.compactMap(\.bytes).map { String(decoding: $0, as: UTF8.self) }
            },
            // What is recorded does not change.
            signature: { $0 },
            read: { path throws(ConfigurationError) in
                guard let bytes = tape.results(of: read, [.string(Array(path.utf8))])?.first?.bytes else {
                    throw ConfigurationError("\(path) is not in the recorded case")
                }
                return bytes
            }
        )
    }

    private func recorded(_ tape: Tape) -> Self {
        let noted = Noted()
        return Self(
            paths: { pattern in
                let paths = self.paths(pattern)
                if paths != [pattern], noted.names.insert(pattern).inserted {
                    tape.note(Self.glob, [.string(Array(pattern.utf8))], paths.map { .string(Array($0.utf8)) })
                }
                return paths
            },
            signature: signature,
            read: { path throws(ConfigurationError) in
                let bytes = try self.read(path)
                if noted.names.insert(path).inserted {
                    tape.note(Self.read, [.string(Array(path.utf8))], [.string(bytes)])
                }
                return bytes
            }
        )
    }

    /// What has been written down; a file is read for each module that is used.
    private final class Noted {
        var names: Set<String> = []
    }
}

extension RecordedValue {
    fileprivate var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }
}
