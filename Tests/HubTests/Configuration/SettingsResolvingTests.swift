import Testing

@testable import Hub

/// A schema with a setting of every type.
private func makeSchema() throws(ConfigurationError) -> SettingsSchema {
    let fields = try SettingsSchema([
        Setting(name: "arp", type: .boolean, defaultValue: .boolean(true)),
        Setting(name: "cpu", type: .boolean, defaultValue: .boolean(true)),
    ])
    return try SettingsSchema([
        Setting(name: "procfs", type: .string, defaultValue: .string("/proc")),
        Setting(
            name: "names",
            type: .string,
            defaultValue: .string("classic"),
            choices: [.string("classic"), .string("mib")]
        ),
        Setting(name: "depth", type: .integer), Setting(name: "ratio", type: .number),
        Setting(name: "wait", type: .duration), Setting(name: "devices", type: .list),
        Setting(name: "headers", type: .map(nil)), Setting(name: "password", type: .secret),
        Setting(name: "collectors", type: .map(fields)),
    ])
}

struct SettingsResolvingTests {
    private let schema: SettingsSchema

    init() throws { schema = try makeSchema() }

    private func sources(_ settings: String, target: String = "", _ options: [String] = []) throws -> SettingsSources {
        let lines = "plugins:\n  node:\n    settings: { \(settings) }\n"
        let targets = target.isEmpty ? "" : "    targets: [{ address: a, settings: { \(target) } }]\n"
        let configuration = try decodeConfiguration(lines + targets, environment: ["TOKEN": "t0ken-t0ken", "N": "3"])
        let first = configuration.plugin("node").targets.first
        var sources = configuration.settingsSources(plugin: "node", target: first)
        sources.options = options
        return sources
    }

    private func problems(_ settings: String, target: String = "", options: [String] = []) throws -> [String] {
        let sources = try sources(settings, target: target, options)
        return configurationProblems { () throws(ConfigurationError) in _ = try schema.resolve(sources) }
    }

    @Test(arguments: [
        ("procsf: /x", "unknown setting \"procsf\", did you mean \"procfs\"?"),
        ("zebra: /x", "unknown setting \"zebra\""),
        ("procfs: [a]", "setting \"procfs\" must be a string, got a list"),
        ("procfs: { a: b }", "setting \"procfs\" must be a string, got a map"),
        ("procfs: ", "setting \"procfs\" must be a string, got nothing"),
        ("names: mibs", "setting \"names\" must be one of \"classic\", \"mib\", got \"mibs\""),
        ("depth: 1.5", "setting \"depth\" must be an integer, got \"1.5\""),
        ("ratio: nan", "setting \"ratio\" must be a number, got \"nan\""),
        ("wait: 5", "setting \"wait\" must be a duration such as 250ms, 5s or 1m30s, got \"5\""),
        ("devices: sda", "setting \"devices\" must be a list, got \"sda\""),
        ("devices: [[sda]]", "an item of setting \"devices\" must be a string, got a list"),
        ("headers: a", "setting \"headers\" must be a map, got \"a\""),
        ("headers: { a: [] }", "setting \"headers.a\" must be a string, got a list"),
        ("password: [x]", "setting \"password\" must be a string, got a list"),
        ("collectors: true", "setting \"collectors\" must be a map, got \"true\""),
        ("collectors: { arp: maybe }", "setting \"collectors.arp\" must be true or false, got \"maybe\""),
        ("collectors: { apr: true }", "unknown setting \"collectors.apr\", did you mean \"collectors.arp\"?"),
        ("depth: \"${TOKEN}\"", "setting \"depth\" must be an integer, got <secret>"),
        ("names: \"${TOKEN}\"", "setting \"names\" must be one of \"classic\", \"mib\", got <secret>"),
    ])
    func aWrongSettingIsReportedWithItsLine(_ settings: String, message: String) throws {
        #expect(try problems(settings) == ["hub.yml:3: plugins.node: \(message)"])
        #expect(try problems("", target: settings) == ["hub.yml:4: plugins.node: \(message)"])
    }

    @Test func everyTypeIsRead() throws {
        let settings = """
            procfs: 123, names: mib, depth: -3, ratio: 2, wait: 1m30s, devices: [sda, "${TOKEN}"],
                  headers: { a: 1 }, password: swordfish, collectors: { arp: false }
            """
        #expect(
            try schema.resolve(sources(settings)) == [
                "procfs": .string("123"), "names": .string("mib"), "depth": .integer(-3), "ratio": .number(2),
                "wait": .number(90), "devices": .list([.string("sda"), .secret(Secret("t0ken-t0ken"))]),
                "headers": .map(["a": .string("1")]), "password": .secret(Secret("swordfish")),
                "collectors": .map(["arp": .boolean(false), "cpu": .boolean(true)]),
            ]
        )
    }

    @Test func aStringFromAReferenceIsASecret() throws {
        let values = try schema.resolve(sources("procfs: \"${TOKEN}\", depth: \"${N}\""))
        #expect(values["procfs"] == .secret(Secret("t0ken-t0ken")) && values["depth"] == .integer(3))
        #expect(values.values.flatMap(\.secretTexts) == ["t0ken-t0ken"])
        #expect(!printedForms(values).contains("t0ken"))
    }

    @Test func aTargetGoesOverThePluginKeyByKey() throws {
        let plugin = "procfs: /a, devices: [a, b], collectors: { arp: false }, headers: { a: 1, b: 1 }"
        let target = "devices: [c], collectors: { cpu: false }, headers: { b: 2 }"
        let values = try schema.resolve(sources(plugin, target: target))
        #expect(values["procfs"] == .string("/a") && values["devices"] == .list([.string("c")]))
        #expect(values["collectors"] == .map(["arp": .boolean(false), "cpu": .boolean(false)]))
        #expect(values["headers"] == .map(["a": .string("1"), "b": .string("2")]))
    }

    @Test func optionsGoOverEverything() throws {
        let options = ["collectors.arp=false", "headers.x.y=a=b", "devices=a,b", "wait=5s", "password=", "procfs=/o"]
        let values = try schema.resolve(sources("procfs: /p", target: "procfs: /t", options))
        #expect(values["procfs"] == .string("/o") && values["wait"] == .number(5))
        #expect(values["collectors"] == .map(["arp": .boolean(false), "cpu": .boolean(true)]))
        #expect(values["headers"] == .map(["x.y": .string("a=b")]) && values["password"] == .secret(Secret("")))
        #expect(values["devices"] == .list([.string("a"), .string("b")]))
    }

    @Test(arguments: [
        ("procfs", "--set procfs: must be written key=value"),
        ("procsf=/x", "--set procsf: unknown setting \"procsf\", did you mean \"procfs\"?"),
        (
            "collectors.apr=1",
            "--set collectors.apr: unknown setting \"collectors.apr\", did you mean \"collectors.arp\"?"
        ),
        (
            "collectors.arp=maybe",
            "--set collectors.arp: setting \"collectors.arp\" must be true or false, got \"maybe\""
        ),
        ("collectors=x", "--set collectors: setting \"collectors\" is a map, add a dot and the name of a field"),
        ("collectors.=x", "--set collectors.: setting \"collectors\" is a map, add a dot and the name of a field"),
        ("procfs.a=x", "--set procfs.a: setting \"procfs\" is not a map and has no field \"a\""),
        ("password=${X}", "--set password: environment variable \"X\" is not set"),
        ("=x", "--set =x: must be written key=value"),
    ])
    func aWrongOptionIsReportedByItsName(_ option: String, message: String) throws {
        #expect(try problems("", options: [option]) == [message])
    }
}

struct RequiredSettingsTests {
    @Test func aMissingSettingIsReportedAtTheTargetThatLacksIt() throws {
        let schema = try SettingsSchema([
            Setting(name: "password", type: .secret, isRequired: true),
            Setting(
                name: "login",
                type: .map(try SettingsSchema([Setting(name: "user", type: .string, isRequired: true)]))
            ),
        ])
        let configuration = try decodeConfiguration(
            """
            plugins:
              rtx:
                settings: { login: { user: admin } }
                targets:
                  - { address: a, settings: { password: x } }
                  - b
              h2o:
            """
        )
        let found = configurationProblems { () throws(ConfigurationError) in
            _ = try configuration.resolveSettings(of: "rtx", schema)
        }
        #expect(found == ["hub.yml:6: plugins.rtx: setting \"password\" is required"])
        let h2o = configurationProblems { () throws(ConfigurationError) in
            _ = try configuration.resolveSettings(of: "h2o", schema)
        }
        #expect(
            h2o == [
                "hub.yml:7: plugins.h2o: setting \"login.user\" is required",
                "hub.yml:7: plugins.h2o: setting \"password\" is required",
            ]
        )
        let unnamed = configurationProblems { () throws(ConfigurationError) in
            _ = try schema.resolve(SettingsSources(plugin: "x"))
        }
        #expect(unnamed.first == "plugins.x: setting \"login.user\" is required")
    }

    @Test func aProblemSharedByAllTargetsIsReportedOnce() throws {
        let schema = try SettingsSchema([Setting(name: "depth", type: .integer)])
        let configuration = try decodeConfiguration("plugins: { a: { settings: { depth: x }, targets: [b, c] } }")
        let found = configurationProblems { () throws(ConfigurationError) in
            _ = try configuration.resolveSettings(of: "a", schema)
        }
        #expect(found == ["hub.yml:1: plugins.a: setting \"depth\" must be an integer, got \"x\""])
    }

    @Test func everyTargetGetsItsOwnSettings() throws {
        let schema = try SettingsSchema([Setting(name: "depth", type: .integer, defaultValue: .integer(1))])
        let text = "plugins: { a: { settings: { depth: 2 }, targets: [b, { address: c, settings: { depth: 3 } }] } }"
        let resolved = try decodeConfiguration(text).resolveSettings(of: "a", schema)
        #expect(resolved.plugin == ["depth": .integer(2)])
        #expect(resolved.targets == [["depth": .integer(2)], ["depth": .integer(3)]])
        #expect(try decodeConfiguration(text).resolveSettings(of: "other", schema).plugin == ["depth": .integer(1)])
    }
}
