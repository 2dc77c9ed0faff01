import Foundation
import Testing

@testable import Hub

struct HubConfigurationTests {
    @Test func theShippedFileEqualsTheDefaults() throws {
        let path = URL(filePath: #filePath).appending(path: "../../../../hub.yml").standardized.path
        #expect(try HubConfiguration.load(path: path, environment: [:]) == .default(beside: path))
        var configuration = try HubConfiguration.load(path: path, environment: [:])
        configuration.path = nil
        configuration.stateDirectory = "state"
        #expect(configuration == .default)
    }

    @Test func theShippedFileNamesEveryKey() throws {
        let path = URL(filePath: #filePath).appending(path: "../../../../hub.yml").standardized.path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let keys = [
            "listen", "plugin_dirs", "external_labels", "state_dir", "permissions", "log", "level", "format", "scrape",
            "timeout", "timeout_margin", "max_timeout", "reload", "interval", "limits", "memory", "cpu", "samples",
            "bytes", "file_size", "source", "plugins", "enabled", "max_age", "settings", "targets", "address", "name",
            "labels", "allow", "files", "network", "exec", "concurrency", "target_label", "probe", "networks", "ports",
            "max_targets",
        ]
        for key in keys { #expect(text.contains("\(key):"), "\(key)") }
    }

    @Test func everyKeyIsRead() throws {
        let configuration = try decodeConfiguration(
            """
            listen: ["127.0.0.1:1", "[::1]:1"]
            plugin_dirs: [mine, /usr/share/plugins]
            external_labels: { location: home, floor: 2 }
            state_dir: /var/lib/hub
            permissions: explicit
            log: { level: debug, format: json }
            scrape: { timeout: 5s, timeout_margin: 0, max_timeout: 30s }
            reload: { interval: 0 }
            limits: { memory: 64MiB, cpu: 1s, samples: 5, bytes: 100, file_size: 1KiB, source: 1MiB, concurrency: 9 }
            """
        )
        var expected = HubConfiguration.default(beside: "hub.yml")
        expected.listen = ["127.0.0.1:1", "[::1]:1"]
        expected.pluginDirectories = ["mine", "/usr/share/plugins"]
        expected.externalLabels = ["location": "home", "floor": "2"]
        expected.stateDirectory = "/var/lib/hub"
        expected.permissions = .explicit
        expected.log = LogConfiguration(level: .debug, format: .json)
        expected.scrape = ScrapeConfiguration(timeout: .seconds(5), timeoutMargin: .zero, maxTimeout: .seconds(30))
        expected.reload.interval = .zero
        expected.limits = PluginLimits(
            memory: 64 << 20,
            cpu: .seconds(1),
            samples: 5,
            bytes: 100,
            fileSize: 1024,
            source: 1 << 20,
            concurrency: 9
        )
        #expect(configuration == expected)
    }

    @Test func everyKeyOfAPluginIsRead() throws {
        let configuration = try decodeConfiguration(
            """
            plugins:
              rtx:
                enabled: false
                interval: 60s
                max_age: 5m
                limits: { cpu: 1s }
                allow: { files: ["/proc/*"], network: ["192.168.0.1:23"], exec: [] }
                target_label: false
                probe: { networks: [192.168.0.0/16, "2001:db8::/32"], ports: [23, 161], max_targets: 7 }
                targets:
                  - 192.168.0.2
                  - { address: 192.168.0.1, name: living-room, labels: { site: home } }
              node:
            limits: { samples: 7 }
            """
        )
        let rtx = configuration.plugin("rtx")
        #expect(!rtx.enabled && rtx.interval == .seconds(60) && rtx.maxAge == .seconds(300) && rtx.line == 2)
        #expect(rtx.limits == PluginLimits(cpu: .seconds(1), samples: 7))
        #expect(rtx.allow == AllowConfiguration(files: ["/proc/*"], network: ["192.168.0.1:23"], exec: []))
        #expect(!rtx.targetLabel)
        #expect(
            rtx.probe
                == ProbeConfiguration(networks: ["192.168.0.0/16", "2001:db8::/32"], ports: [23, 161], maxTargets: 7)
        )
        #expect(
            rtx.targets == [
                TargetConfiguration(address: "192.168.0.2", name: "192.168.0.2", line: 11),
                TargetConfiguration(address: "192.168.0.1", name: "living-room", labels: ["site": "home"], line: 12),
            ]
        )
        #expect(configuration.plugin("node") == PluginConfiguration(limits: PluginLimits(samples: 7), line: 13))
        #expect(configuration.plugin("other") == PluginConfiguration(limits: PluginLimits(samples: 7)))
    }

    @Test func relativeFoldersAreThoseBesideTheFile() throws {
        let document = try YAMLDocument(bytes: Array("plugin_dirs: [plugins, /opt]".utf8), path: "/etc/hub/hub.yml")
        let configuration = try HubConfiguration(document, environment: [:])
        #expect(configuration.stateDirectory == "/etc/hub/state")
        #expect(configuration.pluginDirectories == ["/etc/hub/plugins", "/opt"])
    }

    @Test func aShorterTimeoutShortensTheDefaultsThatDependOnIt() throws {
        let scrape = try decodeConfiguration("scrape: { max_timeout: 200ms }").scrape
        #expect(scrape.timeout == .milliseconds(200) && scrape.timeoutMargin == .milliseconds(200))
    }

    @Test func aFileThatIsMissingOrNoFileIsReported() {
        let missing = configurationProblems { () throws(ConfigurationError) in
            _ = try HubConfiguration.load(path: "/nowhere/hub.yml", environment: [:])
        }
        #expect(missing == ["/nowhere/hub.yml: cannot be read: no such file or directory"])
        for path in ["/dev/null", "/"] {
            let found = configurationProblems { () throws(ConfigurationError) in
                _ = try HubConfiguration.load(path: path, environment: [:])
            }
            #expect(found == ["\(path): is not a regular file"])
        }
    }

    @Test func aFileOverTheLimitIsNotReadWhole() throws {
        try withTemporaryFile(Data(repeating: 0x23, count: YAMLDocument.maximumSize + 1)) { path in
            let found = configurationProblems { () throws(ConfigurationError) in
                _ = try HubConfiguration.load(path: path, environment: [:])
            }
            #expect(found == ["\(path): is larger than 1MiB"])
        }
    }
}
