import Foundation
import Testing

@testable import Hub

struct SecretTests {
    private static let environment = [
        "RTX_PASSWORD": "hunter2hunter2", "EMPTY": "", "USER_1": "admin", "DIR": "/nowhere",
    ]

    private let resolver = SecretResolver(environment: environment)

    @Test(arguments: [
        ("plain", "plain", false), ("${RTX_PASSWORD}", "hunter2hunter2", true),
        ("a${USER_1}b${EMPTY}c", "aadminbc", true),
        ("$${RTX_PASSWORD}", "${RTX_PASSWORD}", false), ("$$${USER_1}", "$${USER_1}", false),
        ("$5 $$ $", "$5 $$ $", false),
        ("${EMPTY}", "", true),
    ])
    func referencesToTheEnvironmentAreReplaced(_ text: String, expected: String, isSecret: Bool) throws {
        let resolved = try resolver.resolve(text)
        #expect(resolved.text == expected && resolved.isSecret == isSecret)
    }

    @Test(arguments: [
        ("${RTX_PASSWROD}", "environment variable \"RTX_PASSWROD\" is not set"),
        ("${", "\"${\" must start a reference such as ${NAME}, write \"$${\" for the text itself"),
        ("${A", "\"${\" must start a reference such as ${NAME}, write \"$${\" for the text itself"),
        ("${}", "\"${\" must start a reference such as ${NAME}, write \"$${\" for the text itself"),
        ("${1A}", "\"${\" must start a reference such as ${NAME}, write \"$${\" for the text itself"),
        ("${A-B}", "\"${\" must start a reference such as ${NAME}, write \"$${\" for the text itself"),
        ("file:rtx", "\"file:rtx\" must have an absolute path after \"file:\""),
        ("file:/nowhere/rtx", "\"file:/nowhere/rtx\" cannot be read: no such file or directory"),
        ("file:${DIR}/rtx", "\"file:${DIR}/rtx\" cannot be read: no such file or directory"),
        ("file:/dev/zero", "\"file:/dev/zero\" is not a regular file"),
    ])
    func aReferenceThatLeadsNowhereIsReportedAsWritten(_ text: String, message: String) {
        let found = configurationProblems { () throws(ConfigurationError) in _ = try resolver.resolve(text) }
        #expect(found == [message])
        #expect(
            configurationProblems("plugins:\n  a:\n    settings:\n      b: \"\(text)\"", environment: Self.environment)
                == ["hub.yml:4: \(message)"]
        )
    }

    @Test(arguments: [
        ("s3cret", "s3cret"), ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("a\nb\n\n", "a\nb\n"), ("", ""),
        ("s3cret\r", "s3cret\r"), ("${USER_1}", "${USER_1}"),
    ])
    func aFileIsReadWithoutItsFinalLineBreak(_ content: String, expected: String) throws {
        try withTemporaryFile(Data(content.utf8)) { path in
            let resolved = try resolver.resolve("file:\(path)")
            #expect(resolved == SecretResolver.Resolved(text: expected, secrets: [expected], isSecret: true))
        }
    }

    @Test func aFileThatIsNoTextOrTooLargeIsReported() throws {
        for (content, message) in [
            (Data([0xFF, 0xFE]), "is not UTF-8 text"), (Data([0x61, 0]), "is not UTF-8 text"),
            (Data(repeating: 0x61, count: SecretResolver.maximumFileSize + 1), "is larger than 64KiB"),
        ] {
            try withTemporaryFile(content) { path in
                let found = configurationProblems { () throws(ConfigurationError) in
                    _ = try resolver.resolve("file:\(path)")
                }
                #expect(found == ["\"file:\(path)\" \(message)"])
            }
        }
    }

    @Test func theEnvironmentCannotNameAFile() throws {
        #expect(try SecretResolver(environment: ["A": "file:/etc/passwd"]).resolve("${A}").text == "file:/etc/passwd")
    }

    @Test func referencesWorkForEveryKindOfValue() throws {
        let environment = ["LEVEL": "debug", "MEMORY": "64MiB", "PORT": "10200", "ON": "false", "SITE": "home"]
        let configuration = try decodeConfiguration(
            """
            listen: [":${PORT}"]
            external_labels: { site: "${SITE}" }
            log: { level: "${LEVEL}" }
            limits: { memory: "${MEMORY}" }
            plugins: { node: { enabled: "${ON}" } }
            """,
            environment: environment
        )
        #expect(configuration.listen == [":10200"] && configuration.externalLabels == ["site": "home"])
        #expect(configuration.log.level == .debug && configuration.limits.memory == 64 << 20)
        #expect(!configuration.plugin("node").enabled)
        // Published by nature, so not blanked in logs.
        #expect(configuration.secrets.redact(":10200 home debug") == ":10200 home debug")
    }
}
