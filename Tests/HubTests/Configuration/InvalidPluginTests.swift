import Testing

@testable import Hub

struct InvalidPluginTests {
    static let plugins = [
        InvalidCase("plugins: [node]", "hub.yml:1: plugins must be a map, got a list"),
        InvalidCase("plugins: { node: false }", "hub.yml:1: plugins.node must be a map, got \"false\""),
        InvalidCase(
            "plugins: { ../node: {} }",
            "hub.yml:1: plugin name \"../node\" must consist of letters, digits, _ and - and not start with -"
        ),
        InvalidCase(
            "plugins:\n  node:\n    setings: {}",
            "hub.yml:3: unknown key \"setings\", did you mean \"settings\"?"
        ),
        InvalidCase("plugins: { a: { enabled: yes } }", "hub.yml:1: enabled must be true or false, got \"yes\""),
        InvalidCase("plugins: { a: { interval: 0 } }", "hub.yml:1: interval must be greater than 0, got 0"),
        InvalidCase("plugins: { a: { max_age: 31d } }", "hub.yml:1: max_age must be at most 30d, got 31d"),
        InvalidCase("plugins: { a: { settings: [b] } }", "hub.yml:1: settings must be a map, got a list"),
        InvalidCase("plugins: { a: { limits: { cpu: 0s } } }", "hub.yml:1: cpu must be greater than 0, got 0s"),
        InvalidCase("plugins: { a: { limits: 3 } }", "hub.yml:1: limits must be a map, got \"3\""),
        InvalidCase("plugins: { a: { allow: { files: /proc } } }", "hub.yml:1: files must be a list, got \"/proc\""),
        InvalidCase(
            "plugins: { a: { allow: { files: [proc] } } }",
            "hub.yml:1: files: \"proc\" must be an absolute path"
        ),
        InvalidCase(
            "plugins: { a: { allow: { file: [] } } }",
            "hub.yml:1: unknown key \"file\", did you mean \"files\"?"
        ),
    ]

    static let targets = [
        InvalidCase("targets: { a: b }", "hub.yml:3: targets must be a list, got a map"),
        InvalidCase("targets: [[a]]", "hub.yml:3: a target must be an address or a map, got a list"),
        InvalidCase("targets: [\"\"]", "hub.yml:3: the address of a target must be text, got nothing"),
        InvalidCase("targets: [{ name: a }]", "hub.yml:3: a target must have an address"),
        InvalidCase(
            "targets: [{ address: [a] }]",
            "hub.yml:3: the address of a target must be text, got a list"
        ),
        InvalidCase(
            "targets: [a,\n      a]",
            "hub.yml:4: target \"a\" is already given in line 3, give one of them another name"
        ),
        InvalidCase(
            "targets:\n      - a\n      - { address: b, name: a }",
            "hub.yml:5: target \"a\" is already given in line 4, give one of them another name"
        ),
        InvalidCase(
            "targets: [{ address: a, adress: b }]",
            "hub.yml:3: unknown key \"adress\", did you mean \"address\"?"
        ),
        InvalidCase("targets: [{ address: a, name: \"\" }]", "hub.yml:3: name must not be empty"),
        InvalidCase(
            "targets: [{ address: a, labels: { target: b } }]",
            "hub.yml:3: label \"target\" is set by the hub and must not be set here"
        ),
        InvalidCase(
            "targets: [{ address: a, labels: { instance: b } }]",
            "hub.yml:3: label \"instance\" is set by Prometheus and must not be set here"
        ),
        InvalidCase("targets: [{ address: a, settings: b }]", "hub.yml:3: settings must be a map, got \"b\""),
        InvalidCase(
            "targets: [\"${HOST}\"]",
            "hub.yml:3: a target with a reference in its address must have a name, which is published"
        ),
    ].map { InvalidCase("plugins:\n  rtx:\n    \($0.text)", $0.message) }

    @Test(arguments: plugins + targets)
    func isReportedWithItsLine(_ invalid: InvalidCase) {
        #expect(configurationProblems(invalid.text, environment: ["HOST": "router"]) == [invalid.message])
    }
}
