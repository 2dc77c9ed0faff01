import Testing

@testable import Hub

struct SecrecyTests {
    private static let text = """
        plugins:
          rtx:
            settings: { password: "${RTX_PASSWORD}", literal: swordfish, nested: { list: ["x${TOKEN}y"] } }
            targets:
              - "http://admin:opensesame@router/status"
              - { address: "http://u:${TOKEN}@b/", name: b, settings: { password: letmein99 } }
        """
    private static let environment = ["RTX_PASSWORD": "hunter2hunter2", "TOKEN": "t0ken-t0ken"]
    private static let hidden = ["hunter2", "swordfish", "t0ken", "opensesame", "letmein99"]

    @Test func noSecretIsPrintedWithTheConfiguration() throws {
        let configuration = try decodeConfiguration(Self.text, environment: Self.environment)
        let shown =
            printedForms(configuration) + printedForms(configuration.plugin("rtx"))
            + printedForms(configuration.plugin("rtx").targets)
            + printedForms(configuration.secrets) + printedForms(configuration.plugin("rtx").targets[0])
        for secret in Self.hidden { #expect(!shown.contains(secret), "\(secret)") }
    }

    @Test func secretsAreBlankedInText() throws {
        let secrets = try decodeConfiguration(Self.text, environment: Self.environment).secrets
        #expect(
            secrets.redact("login hunter2hunter2 at http://admin:opensesame@router/ with xt0ken-t0keny")
                == "login <secret> at http://admin:<secret>@router/ with x<secret>y"
        )
    }

    @Test func theNameOfATargetIsItsAddressWithoutThePassword() throws {
        let targets = try decodeConfiguration(Self.text, environment: Self.environment).plugin("rtx").targets
        #expect(targets.map(\.name) == ["http://router/status", "b"])
        #expect(targets[0].address == "http://admin:opensesame@router/status")
        #expect(targets[1].address == "http://u:t0ken-t0ken@b/")
    }

    @Test(arguments: [
        ("http://a/b@c", "http://a/b@c"), ("http://u@h:1/x?y@z", "http://h:1/x?y@z"), ("user@host", "user@host"),
        ("http://u:p@w@h/", "http://h/"), ("[::1]:23", "[::1]:23"),
    ])
    func onlyUserInformationIsLeftOutOfTheName(_ address: String, name: String) {
        #expect(TargetConfiguration.name(for: address) == name)
    }

    @Test(arguments: [
        "log: { level: \"${TOKEN}\" }", "limits: { memory: \"${TOKEN}\" }", "plugins: { a: { enabled: \"${TOKEN}\" } }",
        "scrape: { timeout: \"${TOKEN}\" }", "listen: [\"${TOKEN}\", \"${TOKEN}\"]",
        "plugins: { a: { allow: { files: [\"${TOKEN}\"] } } }",
    ])
    func noErrorShowsWhatAReferenceStoodFor(_ text: String) {
        let found = configurationProblems(text, environment: Self.environment).joined(separator: "\n")
        #expect(found.contains("<secret>") && !found.contains("t0ken"))
    }

    @Test func anAmountFromAReferenceIsNotShownEither() {
        #expect(
            configurationProblems("limits: { samples: \"${N}\" }", environment: ["N": "-5"])
                == ["hub.yml:1: samples must be greater than 0, got <secret>"]
        )
    }

    @Test func aSecretPrintsAsSecret() {
        let secret = Secret("hunter2hunter2")
        #expect("\(secret)" == "<secret>" && String(reflecting: secret) == "<secret>")
        #expect(
            !printedForms([secret]).contains("hunter2")
                && !printedForms(SettingValue.secret(secret)).contains("hunter2")
        )
        #expect(secret.reveal() == "hunter2hunter2")
    }

    @Test(arguments: [
        (["abcd", "bcdef"], "xabcdefx", "x<secret>x"), (["abcd", "abcdef"], "abcdef abcd", "<secret> <secret>"),
        (["abc"], "abc", "abc"), (["secret"], "a secret <secret>", "a <secret> <<secret>>"), ([], "abcd", "abcd"),
        (["пароль"], "=пароль.", "=<secret>."), (["abcd"], "abcdabcd", "<secret>"), (["abcd"], "", ""),
        (["abcd", "wxyz"], "wxyz\u{301}abcd", "<secret>\u{301}<secret>"),
    ])
    func redactingBlanksEveryOccurrence(_ texts: [String], text: String, expected: String) {
        var registry = SecretRegistry()
        for secret in texts { registry.insert(secret) }
        #expect(registry.redact(text) == expected)
    }
}
