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

    static let probes = [
        InvalidCase("probe: 192.168.0.0/16", "hub.yml:3: probe must be a map, got \"192.168.0.0/16\""),
        InvalidCase("probe: { networks: [192.168.0.0/16] }", "hub.yml:3: ports must be given where networks are"),
        InvalidCase("probe: { ports: [23] }", "hub.yml:3: networks must be given where ports are"),
        InvalidCase(
            "probe: { networks: [192.168.0.1], ports: [23] }",
            "hub.yml:3: networks: \"192.168.0.1\" must be a network such as 192.168.0.0/16 or 2001:db8::/32"
        ),
        InvalidCase(
            "probe: { networks: [router/16], ports: [23] }",
            "hub.yml:3: networks: \"router/16\" must be a network such as 192.168.0.0/16 or 2001:db8::/32"
        ),
        InvalidCase(
            "probe: { networks: [192.168.0.0/33], ports: [23] }",
            "hub.yml:3: networks: \"192.168.0.0/33\" must be a network such as 192.168.0.0/16 or 2001:db8::/32"
        ),
        InvalidCase(
            "probe: { networks: [192.168.0.0/16], ports: [0] }",
            "hub.yml:3: ports: \"0\" must be a port from 1 to 65535"
        ),
        InvalidCase(
            "probe: { networks: [192.168.0.0/16], ports: [telnet] }",
            "hub.yml:3: ports: \"telnet\" must be a port from 1 to 65535"
        ),
        InvalidCase(
            "probe: { max_targets: 0 }",
            "hub.yml:3: max_targets must be greater than 0, got 0"
        ),
        InvalidCase("probe: { network: [] }", "hub.yml:3: unknown key \"network\", did you mean \"networks\"?"),
        InvalidCase("limits: { concurrency: 0 }", "hub.yml:3: concurrency must be greater than 0, got 0"),
    ].map { InvalidCase("plugins:\n  rtx:\n    \($0.text)", $0.message) }

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
        InvalidCase(
            "targets: [a, b]\n    target_label: false",
            "hub.yml:4: target_label must be true, for targets \"a\" (line 3) and \"b\" (line 3) have the same labels"
        ),
        InvalidCase(
            """
            target_label: false
                targets:
                  - { address: a, labels: { site: home } }
                  - { address: b, labels: { site: work } }
                  - { address: c, labels: { site: home } }
            """,
            "hub.yml:3: target_label must be true, for targets \"a\" (line 5) and \"c\" (line 7) have the same labels"
        ),
        InvalidCase("target_label: no", "hub.yml:3: target_label must be true or false, got \"no\""),
        InvalidCase("targets: [{ address: a, settings: b }]", "hub.yml:3: settings must be a map, got \"b\""),
        InvalidCase(
            "targets: [\"${HOST}\"]",
            "hub.yml:3: a target with a reference in its address must have a name, which is published"
        ),
    ].map { InvalidCase("plugins:\n  rtx:\n    \($0.text)", $0.message) }

    @Test(arguments: plugins + probes + targets)
    func isReportedWithItsLine(_ invalid: InvalidCase) {
        #expect(configurationProblems(invalid.text, environment: ["HOST": "router"]) == [invalid.message])
    }
}
