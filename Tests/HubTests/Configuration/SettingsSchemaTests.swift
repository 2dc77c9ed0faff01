import Testing

@testable import Hub

struct SettingsSchemaTests {
    private func problems(_ settings: Setting...) -> [String] {
        configurationProblems { () throws(ConfigurationError) in _ = try SettingsSchema(settings) }
    }

    @Test func aDeclarationThatContradictsItselfIsRefused() throws {
        #expect(
            problems(Setting(name: "a", type: .boolean, defaultValue: .string("x")))
                == ["setting \"a\" has a default that must be true or false, got a string"]
        )
        #expect(
            problems(Setting(name: "a", type: .list, defaultValue: .list([.integer(1)])))
                == ["setting \"a\" has a default that must be a list, got a list with an integer in it"]
        )
        #expect(
            problems(Setting(name: "a", type: .string, defaultValue: .string("x"), isRequired: true))
                == ["setting \"a\" is required and cannot have a default"]
        )
        #expect(
            problems(Setting(name: "a", type: .string, defaultValue: .string("x"), choices: [.string("y")]))
                == ["setting \"a\" has a default that is not one of its choices"]
        )
        #expect(
            problems(Setting(name: "a", type: .integer, choices: [.string("y")]))
                == ["setting \"a\" has a choice that must be an integer, got a string"]
        )
        #expect(
            problems(Setting(name: "a", type: .list, choices: [.string("y")])) == ["setting \"a\" cannot have choices"]
        )
        #expect(
            problems(Setting(name: "a.b", type: .string))
                == ["setting \"a.b\" must have a name of letters, digits and _ that does not start with a digit"]
        )
        #expect(
            problems(Setting(name: "a", type: .string), Setting(name: "a", type: .string))
                == ["setting \"a\" is declared twice"]
        )
        #expect(
            problems(Setting(name: "a", type: .map(.empty), defaultValue: .map([:])))
                == ["setting \"a\" cannot have a default beside its fields, which have their own"]
        )
    }

    @Test func defaultsAreBroughtIntoTheDeclaredType() throws {
        let schema = try SettingsSchema([
            Setting(name: "number", type: .number, defaultValue: .integer(2)),
            Setting(name: "wait", type: .duration, defaultValue: .string("1m30s")),
            Setting(name: "pause", type: .duration, defaultValue: .integer(3)),
            Setting(name: "list", type: .list, defaultValue: .map([:])),
            Setting(name: "map", type: .map(nil), defaultValue: .list([])),
            Setting(name: "secret", type: .secret, defaultValue: .string("public")),
            Setting(name: "none", type: .string),
        ])
        #expect(
            try schema.resolve(SettingsSources(plugin: "p")) == [
                "number": .number(2), "wait": .number(90), "pause": .number(3), "list": .list([]), "map": .map([:]),
                "secret": .secret(Secret("public")),
            ]
        )
    }

    @Test func everyTypeHasItsName() {
        for name in SettingType.names { #expect(SettingType(named: name) != nil) }
        #expect(SettingType(named: "table") == nil)
        #expect(SettingType(named: "map", fields: .empty) == .map(.empty))
    }

    @Test func aDefaultGivesItsTypeUnlessItIsAMap() {
        #expect(
            SettingType(ofDefault: .string("/proc")) == .string && SettingType(ofDefault: .boolean(true)) == .boolean
        )
        #expect(SettingType(ofDefault: .integer(1)) == .integer && SettingType(ofDefault: .number(1.5)) == .number)
        #expect(SettingType(ofDefault: .list([])) == .list && SettingType(ofDefault: .map([:])) == nil)
    }
}
