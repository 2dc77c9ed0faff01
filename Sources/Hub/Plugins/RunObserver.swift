import Exposition

/// Wants to know what background runs bring, and which plugins are gone.
///
/// Called on the control loop, which must not wait.
protocol RunObserver: Sendable {
    func runEnded(_ part: CollectedPart)
    func pluginRemoved(_ name: String)
}

/// What there is of one target of a plugin.
struct CollectedPart: Sendable {
    let plugin: String
    /// Empty where the plugin has no targets.
    let target: String
    /// What a scrape would be served: after a failed run nothing, or older samples that still count.
    let families: [FamilyBlock]
    let isSuccess: Bool
    /// Unix seconds.
    let time: Double
}

extension PluginSupervisor {
    /// Tells the observer of a run's end, where the plugin is collected in the background.
    func announce(_ target: Int, _ answer: TargetAnswer) {
        guard let observer = environment.observer, loaded?.interval != nil, let runner = targets[target],
            runner.isConfigured
        else { return }
        observer.runEnded(
            CollectedPart(
                plugin: name,
                target: runner.name,
                families: answer.families,
                isSuccess: answer.failure == nil,
                time: Clock.unixSeconds()
            )
        )
    }
}
