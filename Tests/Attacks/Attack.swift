/// One script that tries to outlive its limits or to crash the process.
package struct Attack: Sendable, CustomStringConvertible {
    package let name: String
    package let source: String

    package init(_ name: String, _ source: String) {
        self.name = name
        self.source = source
    }

    package var description: String { name }

    /// Those that need nothing but Lua.
    package static let all =
        LibraryAttacks.patterns + LibraryAttacks.tables + LibraryAttacks.strings + EscapeAttacks.messageHandlers
        + EscapeAttacks.coroutines + EscapeAttacks.values + MemoryAttacks.floods + MemoryAttacks.crashes
        + InterpreterAttacks.all + VariantAttacks.all
}
