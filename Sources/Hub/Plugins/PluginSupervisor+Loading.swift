import Logging
import NIOCore

extension PluginSupervisor {
    /// Loads a version; the one in use stays until the new one has proved good.
    ///
    /// `completion` gets the problem, or nil.
    func load(
        _ source: Result<PluginSource, PluginError>,
        entry: PluginFolders.Entry,
        isRebuild: Bool = false,
        completion: @escaping (String?) -> Void
    ) {
        self.entry = entry
        report.path = entry.path
        switch source {
        case .failure(let error):
            refuse("\(error)")
            completion("\(error)")
        case .success(let source):
            let runtime = PluginRuntime(source: source)
            candidate?.shutdown()
            candidate = runtime
            let bound = NIOLoopBound((self, completion), eventLoop: loop)
            runtime.load(environment) { [loop] result in
                loop.execute {
                    let (supervisor, completion) = bound.value
                    completion(supervisor.loaded(runtime, result, isRebuild: isRebuild))
                }
            }
        }
    }

    private func loaded(
        _ runtime: PluginRuntime,
        _ result: Result<LoadedPlugin, PluginError>,
        isRebuild: Bool
    ) -> String? {
        guard candidate === runtime else {
            runtime.shutdown()
            return nil
        }
        candidate = nil
        switch result {
        case .failure(let error):
            runtime.shutdown()
            refuse("\(error)")
            return "\(error)"
        case .success(let loaded):
            adopt(runtime, loaded, isRebuild: isRebuild)
            return nil
        }
    }

    private func refuse(_ problem: String) {
        let isNew = report.loadError != problem
        report.loadError = problem
        report.failedReloads += 1
        report.failures[.load, default: 0] += 1
        guard isNew else { return }
        let kept: Logger.MetadataValue = loaded == nil ? "no" : "yes"
        environment.logger.error(
            "plugin not loaded",
            metadata: ["plugin": "\(name)", "error": "\(problem)", "old_version_kept": kept]
        )
    }

    private func adopt(_ runtime: PluginRuntime, _ loaded: LoadedPlugin, isRebuild: Bool) {
        let old = self.runtime
        let isFirst = old == nil
        self.runtime = runtime
        self.loaded = loaded
        report.help = loaded.help
        report.loadError = nil
        report.loadedAt = isRebuild ? report.loadedAt : Clock.unixSeconds()
        report.interval = loaded.interval
        report.isIdle = isIdle
        if isRebuild { report.rebuilds += 1 } else if !isFirst { report.reloads += 1 }
        // Runs of the old version end on the old runtime; whoever waits for them is answered from there.
        if let old { runtimes.retire(old) }
        queue.releaseRunning()
        guard !isRebuild else { return }
        for target in targets.all { targets[target]?.schedule.forgive() }
        startBackgroundRuns()
        startQueued()
        environment.logger.info(
            isFirst ? "plugin loaded" : "plugin reloaded",
            metadata: ["plugin": "\(name)", "path": "\(entry.path)", "families": "\(loaded.families.count)"]
        )
    }
}
