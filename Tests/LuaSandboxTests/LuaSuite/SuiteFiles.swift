extension SuiteFile {
    /// Why a part does not hold in the sandbox; docs/plugin-guide.md has these as differences to stock Lua.
    enum Reason: Sendable {
        /// Seeds come from addresses, and what two runs share could be seen in them.
        case noRandomSeed
        /// Weak tables reach paths of 5.4.4 that corrupt memory.
        case noWeakTables
        /// A pattern has at most 1 KiB.
        case shortPatterns
        /// `coroutine.close` runs `__close` with the hook off.
        case noCoroutineClose
        /// The comparator of `sort` and the function of `gsub` may yield.
        case mayYield
        /// A coroutine's body is a C function below which the plugin's function runs; only hooks see it.
        case coroutineBody
    }

    /// What applies to a sandbox: the rest is about `io`, `debug`, finalizers, bytecode or the stand-alone program.
    static let all = [
        SuiteFile(
            name: "closure",
            differences: [
                .init(
                    reason: .noWeakTables,
                    first: "local x = {[1] = {}}   -- to detect a GC",
                    last: "end",
                    replacement: "for i = 1, 20 do A = A + 1 end"
                ),
                .init(
                    reason: .noWeakTables,
                    first: "assert(getmetatable(x).__mode == 'kv')",
                    last: "assert(getmetatable(x).__mode == 'kv')"
                ),
            ]
        ),
        SuiteFile(name: "constructs"),
        SuiteFile(
            name: "coroutine",
            differences: [
                .init(
                    reason: .noCoroutineClose,
                    first: "-- ok to close a dead coroutine",
                    last: "-- after closing, no more errors"
                ),
                .init(
                    reason: .noCoroutineClose,
                    first: "st, msg = coroutine.close(co)",
                    last: "-- after closing, no more errors"
                ),
                .init(
                    reason: .noCoroutineClose,
                    first: "st, msg = coroutine.close(co)",
                    last: "assert(st and msg == nil)"
                ),
                .init(
                    reason: .mayYield,
                    first: "assert(not pcall(table.sort,{1,2,3}, coroutine.yield))",
                    last: "assert(not pcall(table.sort,{1,2,3}, coroutine.yield))"
                ),
                .init(
                    reason: .mayYield,
                    first: "assert(not coroutine.isyieldable())",
                    last: "assert(not coroutine.isyieldable())"
                ),
                .init(
                    reason: .coroutineBody,
                    first: #"local correcttrace = {"call", "line", "call", "return", "line", "return"}"#,
                    last: #"local correcttrace = {"call", "line", "call", "return", "line", "return"}"#,
                    replacement:
                        #"local correcttrace = {"call", "call", "line", "call", "return", "line", "return", "return"}"#
                ),
                .init(
                    reason: .noWeakTables,
                    first: #"local C = {}; setmetatable(C, {__mode = "kv"})"#,
                    last: #"local C = {}; setmetatable(C, {__mode = "kv"})"#,
                    replacement: "local C = {}"
                ),
                .init(
                    reason: .noWeakTables,
                    first: "assert(C[1] == undef)",
                    last: "assert(C[1] == undef)"
                ),
            ]
        ),
        SuiteFile(
            name: "cstack",
            differences: [
                .init(
                    reason: .shortPatterns,
                    first: #"checkerror("too complex", f, 2000)"#,
                    last: #"checkerror("too complex", f, 2000)"#,
                    replacement: #"checkerror("too complex", f, 500)"#
                )
            ]
        ),
        SuiteFile(name: "events"), SuiteFile(name: "goto"), SuiteFile(name: "literals"), SuiteFile(name: "locals"),
        SuiteFile(
            name: "math",
            differences: [
                .init(
                    reason: .noRandomSeed,
                    first: "-- all computations should work with 32-bit integers",
                    last: "assert(rand * 2^floatbits == res)"
                ),
                .init(
                    reason: .noRandomSeed,
                    first: "-- testing return of 'randomseed'",
                    last: #"print(string.format("random seeds: %d, %d", x, y))"#
                ),
            ]
        ),
        SuiteFile(name: "pm"), SuiteFile(name: "sort"), SuiteFile(name: "strings"), SuiteFile(name: "tpack"),
        SuiteFile(name: "utf8"), SuiteFile(name: "vararg"),
    ]
}
