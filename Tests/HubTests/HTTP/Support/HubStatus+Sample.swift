@testable import Hub

extension HubStatus {
    /// The time the samples' moments refer to.
    static let sampleNow = 1_800_000_000.0

    /// One plugin in every state, and text that would be markup if it were not escaped.
    static let sample = HubStatus(
        version: "0.1.0",
        uptimeSeconds: 273_900,
        listen: ["http://0.0.0.0:10100", "http://[::]:10100"],
        configurationFile: "/etc/exporter-hub/hub.yml",
        plugins: [.node, .rtx, .h2o, .broken, .edited, .idle, .off],
        pushes: PushStatus(
            groupCount: 2,
            sampleCount: 1_204,
            groups: [
                .init(
                    labels: ["job": "<i>odd</i>", "host": "\"nas\""],
                    lastPush: HubStatus.sampleNow - 7_200,
                    refusedAt: HubStatus.sampleNow - 60,
                    samples: 1_200
                ),
                .init(
                    labels: ["job": "backup", "instance": "pi"],
                    lastPush: HubStatus.sampleNow - 30,
                    expires: HubStatus.sampleNow + 3_570,
                    samples: 4
                ),
            ]
        ),
        remoteWrite: [.failing, .good],
        relays: [
            RelayStatus(
                url: "https://vps.example:8443/",
                name: "raspberrypi",
                isConnected: true,
                scrapes: ["success": 1_920, "failure": 2, "refused": 1]
            ),
            RelayStatus(
                url: "http://old.example:8080/",
                name: "raspberrypi",
                isConnected: false,
                error: "cannot connect: <refused>",
                scrapes: ["success": 0, "failure": 0, "refused": 0]
            ),
        ]
    )
}

extension EndpointStatus {
    static let failing = EndpointStatus(
        name: "vps",
        url: "https://vps.example",
        version: "2.0",
        pending: 12_345,
        oldestTime: HubStatus.sampleNow - 300,
        queueBytes: 1_468_006,
        queueLimitBytes: 268_435_456,
        isOnDisk: false,
        sent: 5_000,
        dropped: 7,
        lastSuccess: HubStatus.sampleNow - 290,
        isFailing: true,
        lastError: "status 503: <h1>busy</h1>",
        lastErrorTime: HubStatus.sampleNow - 12
    )

    static let good = EndpointStatus(
        name: "local",
        url: "http://localhost:9090",
        version: "1.0",
        pending: 0,
        queueBytes: 20_480,
        queueLimitBytes: 268_435_456,
        isOnDisk: true,
        sent: 17_345,
        dropped: 0,
        isFailing: false
    )
}

extension PluginStatus {
    static let node = PluginStatus(
        name: "node",
        help: "This host's own statistics, as node_exporter names them.",
        path: "/usr/share/exporter-hub/plugins/node/init.lua",
        state: .ok,
        loadedAt: HubStatus.sampleNow - 273_900,
        reloads: 0,
        memoryBytes: 1_468_006,
        memoryLimitBytes: 33_554_432,
        cpuSeconds: 41.37,
        targets: [
            TargetStatus(
                name: "node",
                lastRun: HubStatus.sampleNow - 4.2,
                durationSeconds: 0.0063,
                samples: 1_254,
                failures: 0,
                ageSeconds: 4.2
            )
        ]
    )

    static let rtx = PluginStatus(
        name: "rtx",
        help: "Yamaha RTX routers by telnet and SNMP.",
        path: "plugins/rtx.lua",
        state: .failing,
        loadedAt: HubStatus.sampleNow - 7_300,
        reloads: 3,
        memoryBytes: 812_000,
        memoryLimitBytes: 33_554_432,
        cpuSeconds: 3.2,
        interval: 60,
        targets: [
            TargetStatus(
                name: "living-room",
                address: "192.168.0.1:23",
                lastRun: HubStatus.sampleNow - 31,
                durationSeconds: 2.41,
                samples: 218,
                failures: 0,
                ageSeconds: 31
            ),
            TargetStatus(
                name: "attic",
                address: "[2001:db8::7]:161",
                lastRun: HubStatus.sampleNow - 95,
                durationSeconds: 15,
                samples: 0,
                error: "rtx: [2001:db8::7]:161: no response within 5 s (3 retries)",
                failures: 12,
                backoffUntil: HubStatus.sampleNow + 205
            ),
        ]
    )

    static let h2o = PluginStatus(
        name: "h2o",
        help: "The h2o web server's status handler.",
        path: "plugins/h2o.lua",
        state: .failing,
        loadedAt: HubStatus.sampleNow - 273_900,
        reloads: 0,
        memoryBytes: 301_000,
        memoryLimitBytes: 33_554_432,
        cpuSeconds: 0.71,
        targets: [
            TargetStatus(
                name: "localhost:8080",
                address: "http://localhost:8080/server-status",
                lastRun: HubStatus.sampleNow - 4.2,
                durationSeconds: 0.0008,
                samples: 0,
                error: "h2o.lua:12: http.get: <b>unexpected</b> & \"odd\" answer",
                failures: 2
            )
        ]
    )

    static let broken = PluginStatus(
        name: "ups",
        help: "",
        path: "plugins/ups.lua",
        state: .loadError,
        reloads: 0,
        loadError: "plugins/ups.lua:7: unexpected symbol near '<eof>'",
        memoryBytes: 0,
        memoryLimitBytes: 33_554_432,
        cpuSeconds: 0,
        targets: []
    )

    static let edited = PluginStatus(
        name: "smart",
        help: "Disk health.",
        path: "plugins/smart.lua",
        state: .ok,
        loadedAt: HubStatus.sampleNow - 86_000,
        reloads: 1,
        loadError: "plugins/smart.lua:31: counter \"smart_errors\" must end in _total",
        memoryBytes: 524_288,
        memoryLimitBytes: 16_777_216,
        cpuSeconds: 128,
        interval: 300,
        targets: [
            TargetStatus(
                name: "smart",
                lastRun: HubStatus.sampleNow - 184,
                durationSeconds: 0.812,
                samples: 96,
                failures: 0,
                ageSeconds: 184
            )
        ]
    )

    static let idle = PluginStatus(
        name: "certificates",
        help: "Days until the site's certificates expire.",
        path: "plugins/certificates.lua",
        state: .waiting,
        loadedAt: HubStatus.sampleNow - 3,
        reloads: 0,
        memoryBytes: 198_000,
        memoryLimitBytes: 33_554_432,
        cpuSeconds: 0.002,
        interval: 3_600,
        targets: [TargetStatus(name: "certificates", samples: 0, failures: 0)]
    )

    static let off = PluginStatus(
        name: "fans",
        help: "Fan speeds.",
        path: "plugins/fans.lua",
        state: .disabled,
        reloads: 0,
        memoryBytes: 0,
        memoryLimitBytes: 33_554_432,
        cpuSeconds: 0,
        targets: []
    )
}
