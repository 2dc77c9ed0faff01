import Glibc
import HTTPTypes
import NIOCore

/// What the hub does, for people: `/`, complete without scripts, images or other files.
struct StatusPage {
    let status: HubStatus
    /// Unix seconds.
    let now: Double

    static func reply(_ status: HubStatus) -> Reply {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let now = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        return Reply(
            fields: [
                .contentType: "text/html; charset=utf-8",
                .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
                .cacheControl: "no-store",
            ],
            body: ByteBuffer(string: StatusPage(status: status, now: now).html.markup)
        )
    }

    var html: HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>exporter-hub</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <header>
        <h1>exporter-hub <small>\(status.version)</small></h1>
        <nav><a href="/metrics">Metrics</a><a href="/api/v1/status">Status as JSON</a></nav>
        </header>
        <main>
        \(facts)\(problems)\(plugins)\(StatusSections(status: status, now: now).html)
        </main>
        </body>
        </html>

        """
    }

    private var facts: HTML {
        """
        <dl class="facts">
        <div><dt>Up for</dt><dd>\(Figures.uptime(status.uptimeSeconds))</dd></div>
        <div><dt>Plugins</dt><dd>\(tally)</dd></div>
        <div><dt>Samples</dt><dd>\(Figures.count(status.plugins.reduce(0) { $0 + $1.sampleCount }))</dd></div>
        <div><dt>Listening on</dt><dd>\(status.listen.joined(separator: ", "))</dd></div>
        <div><dt>Configuration</dt><dd>\(status.configurationFile ?? "built-in defaults")</dd></div>
        </dl>

        """
    }

    /// `12: 10 ok, 1 failing, 1 load error`.
    private var tally: String {
        let states: [PluginStatus.State] = [.ok, .failing, .loadError, .waiting, .disabled]
        let counts = states.compactMap { state -> String? in
            let count = status.plugins.count { $0.state == state }
            return count == 0 ? nil : "\(count) \(state.word)"
        }
        return counts.isEmpty ? "none" : counts.joined(separator: ", ")
    }

    private var problems: HTML {
        let broken = status.plugins.filter { $0.loadError != nil }
        guard !broken.isEmpty else { return "" }
        let items = broken.map { plugin -> HTML in
            let consequence =
                plugin.state == .loadError ? "It is not running." : "The version before it is still running."
            return """
                <li><strong>\(plugin.name)</strong> did not load. \(consequence)<pre>\(plugin.loadError ?? "")</pre></li>

                """
        }
        return
            "<section class=\"problems\" role=\"alert\"><h2>Plugins that did not load</h2><ul>\n\(items)</ul></section>\n"
    }

    private var plugins: HTML {
        guard !status.plugins.isEmpty else {
            return "<p class=\"empty\">No plugins. Put a Lua script into a plugin folder and it appears here.</p>"
        }
        return """
            <div class="scroll"><table>
            <thead><tr><th>Plugin</th><th>State</th><th>Last run</th><th class="n">Took</th><th class="n">Samples</th>\
            <th class="n">Age</th><th class="n">Memory</th><th class="n">CPU</th></tr></thead>
            \(status.plugins.map { StatusRows(plugin: $0, now: now).html })
            </table></div>
            """
    }
}

extension PluginStatus {
    /// The samples that its targets' last runs gave.
    fileprivate var sampleCount: Int { targets.reduce(0) { $0 + $1.samples } }
}

extension PluginStatus.State {
    /// How people call it.
    var word: String {
        switch self {
        case .ok: "ok"
        case .failing: "failing"
        case .loadError: "load error"
        case .disabled: "disabled"
        case .waiting: "waiting"
        }
    }
}
