import Testing

@testable import Hub

struct InvalidConfigurationTests {
    static let general = [
        InvalidCase("- listen", "hub.yml:1: the configuration must be a map, got a list"),
        InvalidCase("plugin: {}", "hub.yml:1: unknown key \"plugin\", did you mean \"plugins\"?"),
        InvalidCase("log: {}\nzebra: 1", "hub.yml:2: unknown key \"zebra\""),
        InvalidCase("push: { enable: true }", "hub.yml:1: unknown key \"enable\", did you mean \"enabled\"?"),
        InvalidCase("push: { jobs: [] }", "hub.yml:1: jobs must be a map, got a list"),
        InvalidCase(
            "push:\n  jobs:\n    a: { username: b }",
            "hub.yml:3: push.jobs.a must have username and password, or bearer_token"
        ),
        InvalidCase("push:\n  max_ttl: 1h\n  ttl: 2h", "hub.yml:3: ttl must be at most 1h, got 2h"),
        InvalidCase("push: { limits: { groups: 0 } }", "hub.yml:1: groups must be greater than 0, got 0"),
        InvalidCase("log: {}\n\nlog: {}", "hub.yml:3: key \"log\" is already given in line 1"),
        InvalidCase("listen: \":10100\"", "hub.yml:1: listen must be a list, got \":10100\""),
        InvalidCase("listen: []", "hub.yml:1: listen must not be empty"),
        InvalidCase("listen: [\"\"]", "hub.yml:1: listen: an item must not be empty"),
        InvalidCase("listen: [a, [b]]", "hub.yml:1: listen: an item must be text, got a list"),
        InvalidCase("listen:\n  - a\n  - a", "hub.yml:3: listen: \"a\" is listed twice"),
        InvalidCase("plugin_dirs: []", "hub.yml:1: plugin_dirs must not be empty"),
        InvalidCase("state_dir: \"\"", "hub.yml:1: state_dir must not be empty"),
        InvalidCase("state_dir:", "hub.yml:1: state_dir must be text, got nothing"),
        InvalidCase("state_dir:\n  a: 1", "hub.yml:1: state_dir must be text, got a map"),
        InvalidCase("permissions: all", "hub.yml:1: permissions must be one of declared, explicit, got \"all\""),
        InvalidCase("log: text", "hub.yml:1: log must be a map, got \"text\""),
        InvalidCase(
            "log: { level: loud }",
            "hub.yml:1: level must be one of trace, debug, info, notice, warning, error, got \"loud\""
        ),
        InvalidCase("log:\n  format: xml", "hub.yml:2: format must be one of text, json, got \"xml\""),
        InvalidCase("log:\n  colour: true", "hub.yml:2: unknown key \"colour\""),
    ]

    static let amounts = [
        InvalidCase("limits:\n  memory: -1", "hub.yml:2: memory must be greater than 0, got -1"),
        InvalidCase("limits: { memory: 0 }", "hub.yml:1: memory must be greater than 0, got 0"),
        InvalidCase("limits: { memory: 5GiB }", "hub.yml:1: memory must be at most 4GiB, got 5GiB"),
        InvalidCase(
            "limits: { memory: 32M }",
            "hub.yml:1: memory must be a size such as 100, 64KiB or 32MiB, got \"32M\""
        ),
        InvalidCase("limits: { samples: 10k }", "hub.yml:1: samples must be a whole number, got \"10k\""),
        InvalidCase("limits: { cpu: 2m }", "hub.yml:1: cpu must be at most 1m, got 2m"),
        InvalidCase("limits: { fil_size: 1 }", "hub.yml:1: unknown key \"fil_size\", did you mean \"file_size\"?"),
        InvalidCase(
            "scrape: { timeout: 10 }",
            "hub.yml:1: timeout must be a duration such as 250ms, 5s or 1m30s, got \"10\""
        ),
        InvalidCase("scrape: { timeout: 3m }", "hub.yml:1: timeout must be at most 2m, got 3m"),
        InvalidCase("scrape: { timeout: -1s }", "hub.yml:1: timeout must be greater than 0, got -1s"),
        InvalidCase("scrape: { timeout_margin: -1s }", "hub.yml:1: timeout_margin must not be less than 0, got -1s"),
        InvalidCase("scrape: { timeout_margin: 11s }", "hub.yml:1: timeout_margin must be at most 10s, got 11s"),
        InvalidCase("scrape: { max_timeout: 1d }", "hub.yml:1: max_timeout must be at most 1h, got 1d"),
        InvalidCase("reload: { interval: 2d }", "hub.yml:1: interval must be at most 1d, got 2d"),
    ]

    static let labels = [
        InvalidCase("external_labels: [a]", "hub.yml:1: external_labels must be a map, got a list"),
        InvalidCase(
            "external_labels: { 1a: b }",
            "hub.yml:1: label \"1a\" must consist of letters, digits and _ and not start with a digit"
        ),
        InvalidCase(
            "external_labels: { ö: b }",
            "hub.yml:1: label \"ö\" must consist of letters, digits and _ and not start with a digit"
        ),
        InvalidCase("external_labels: { __a: b }", "hub.yml:1: label \"__a\" must not start with \"__\""),
        InvalidCase(
            "external_labels: { job: b }",
            "hub.yml:1: label \"job\" is set by Prometheus and must not be set here"
        ),
        InvalidCase("external_labels: { a: \"\" }", "hub.yml:1: a must not be empty"),
        InvalidCase("external_labels: { a: {} }", "hub.yml:1: a must be text, got a map"),
    ]

    @Test(arguments: general + amounts + labels)
    func isReportedWithItsLine(_ invalid: InvalidCase) {
        #expect(configurationProblems(invalid.text) == [invalid.message])
    }

    @Test func allProblemsAreReportedInTheOrderOfTheFile() {
        let text =
            "plugins:\n  a: { enabled: 1 }\nlog: { level: x, format: y }\nlimits: { cpu: 0 }\nlisten: []\nx: y\nx: z"
        #expect(
            configurationProblems(text) == [
                "hub.yml:2: enabled must be true or false, got \"1\"",
                "hub.yml:3: level must be one of trace, debug, info, notice, warning, error, got \"x\"",
                "hub.yml:3: format must be one of text, json, got \"y\"",
                "hub.yml:4: cpu must be greater than 0, got 0",
                "hub.yml:5: listen must not be empty",
                "hub.yml:6: unknown key \"x\"",
                "hub.yml:7: key \"x\" is already given in line 6",
            ]
        )
    }

    @Test func whatWasFoundIsShownOnOneLineAndCut() {
        #expect(
            configurationProblems("\"a\\nb\": 1\nstate_dir: [\(String(repeating: "x", count: 9))]\nlog: \"\\e[1m\"")
                == [
                    "hub.yml:1: unknown key \"a\\nb\"", "hub.yml:2: state_dir must be text, got a list",
                    "hub.yml:3: log must be a map, got \"\\u{1B}[1m\"",
                ]
        )
        #expect(
            configurationProblems("log: \(String(repeating: "x", count: 61))")
                == ["hub.yml:1: log must be a map, got \"\(String(repeating: "x", count: 60))…\""]
        )
    }

    @Test func anErrorPrintsOneProblemPerLine() {
        let error = ConfigurationError([
            ConfigurationProblem(path: "hub.yml", line: 4, text: "second"),
            ConfigurationProblem(path: "hub.yml", line: nil, text: "first"),
        ])
        #expect(error.description == "hub.yml: first\nhub.yml:4: second")
    }
}
