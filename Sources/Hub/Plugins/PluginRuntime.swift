import Dispatch
import Exposition
import Logging
import LuaSandbox
import NIOCore
import NIOPosix

/// What is known of a plugin once it is loaded.
struct LoadedPlugin: Sendable {
    let help: String
    let interval: Duration?
    let maxAge: Duration?
    let needsTargets: Bool
    /// It may run programs, which connect to what they like.
    let runsPrograms: Bool
    let families: [FamilyDescriptor]
    let grants: GrantList
    let memory: Int
    /// What must not be shown, the configuration's secrets among them.
    let secrets: SecretRegistry
}

/// One plugin's thread with the Lua state on it; the handle that other threads hold.
///
/// A runtime is made for one version of a plugin and never loaded again: a changed plugin, or one whose state was
/// spoilt, gets a new runtime, so that even a thread that hangs in the kernel stands in nobody's way.
final class PluginRuntime: Sendable {
    let source: PluginSource
    private let group: MultiThreadedEventLoopGroup
    private let eventLoop: any EventLoop
    /// Set and used on the event loop's thread only.
    private let instance: NIOLoopBoundBox<PluginInstance?>
    private let abortHandle: SharedAbortHandle
    private let isEnding = Flag()
    private let executing = ExecutingRun()
    /// What the version takes.
    let memory = HostMemory()

    init(source: PluginSource) {
        self.source = source
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        eventLoop = group.next()
        instance = .makeEmptyBox(eventLoop: eventLoop)
        abortHandle = SharedAbortHandle()
    }

    /// Runs the top level; `completion` is called once, on the plugin's thread.
    func load(
        _ environment: PluginEnvironment,
        completion: @escaping @Sendable (Result<LoadedPlugin, PluginError>) -> Void
    ) {
        eventLoop.execute { [self] in completion(loadHere(environment)) }
    }

    private func loadHere(_ environment: PluginEnvironment) -> Result<LoadedPlugin, PluginError> {
        do throws(PluginError) {
            let plugin: PluginInstance
            do {
                plugin = try PluginInstance(
                    source: source,
                    environment: environment,
                    eventLoop: eventLoop,
                    executing: executing,
                    memory: memory
                )
            } catch {
                throw .load("\(source.path): \(error)")
            }
            abortHandle.set(plugin.sandbox.abortHandle)
            try plugin.load()
            plugin.confine()
            instance.value = plugin
            return .success(LoadedPlugin(plugin))
        } catch {
            return .failure(error)
        }
    }

    /// Starts a collect; `completion` is called once, on the plugin's thread.
    func collect(_ request: RunRequest, completion: @escaping @Sendable (CollectResult) -> Void) {
        eventLoop.execute { [self] in instance.value?.start(request, completion: completion) }
    }

    /// Ends a run: in good order when the thread can be reached, otherwise by an error in the run's script.
    func cancel(_ key: RunKey) {
        let reached = Flag()
        eventLoop.execute { [self] in
            reached.set()
            instance.value?.cancel(key)
        }
        abort(key, unless: reached, looks: Self.abortLooks)
    }

    /// Ends the run's script from outside if it is what keeps the thread busy; other runs may go on within their limits.
    private func abort(_ key: RunKey, unless reached: Flag, looks: Int) {
        MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: Self.abortDelay) { [self] in
            guard !reached.isSet, looks > 0 else { return }
            let isAborted = executing.isStillExecuting(key) { abortHandle.abort() }
            if !isAborted { abort(key, unless: reached, looks: looks - 1) }
        }
    }

    /// Time for a thread to answer before what runs on it is ended from outside.
    private static let abortDelay = TimeAmount.milliseconds(100)
    /// How often a thread that does not answer is looked at; one that hangs longer hangs in the kernel.
    private static let abortLooks = 600

    /// What has been recorded so far; nil where nothing is.
    func recording() async -> Recording? {
        let recording = eventLoop.submit { [self] () -> Recording? in
            guard let plugin = instance.value, let tape = plugin.tape, !tape.isReplay else { return nil }
            return Recording(
                run: tape.finished(),
                settings: plugin.settings,
                schema: plugin.declaration?.schema ?? .empty,
                secrets: plugin.secrets
            )
        }
        return (try? await recording.get()) ?? nil
    }

    /// Gives the state and the thread back; runs that are under way are cancelled.
    ///
    /// The future is done once nothing of the plugin is left but its thread.
    @discardableResult
    func shutdown() -> EventLoopFuture<Void> {
        // Not of the plugin's own event loop, which is gone when somebody asks.
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        // A thread that is gone takes no more work, and would not answer.
        guard isEnding.set() else { return loop.makeSucceededVoidFuture() }
        let gone = loop.makePromise(of: Void.self)
        eventLoop.execute { [self] in
            guard let plugin = instance.value else {
                gone.succeed()
                return end()
            }
            plugin.cancelAll()
            let drained = eventLoop.makePromise(of: Void.self)
            plugin.blocking.shutdown { drained.succeed() }
            // The plugin is kept until its connections and its programs are gone, and the event loop until all that
            // comes back to it has come.
            let ends = [
                plugin.connections.closeAll(), plugin.http.shutdown(), plugin.programTable.shutdown(on: eventLoop),
                plugin.snmp.shutdown(),
            ]
            EventLoopFuture.andAllComplete(ends, on: eventLoop).assumeIsolated().whenComplete { [self] _ in
                instance.value = nil
                gone.succeed()
                drained.futureResult.assumeIsolated().whenComplete { [self] _ in end() }
            }
        }
        return gone.futureResult
    }

    private func end() { group.shutdownGracefully(queue: .global()) { _ in } }
}

extension LoadedPlugin {
    fileprivate init(_ plugin: PluginInstance) {
        let declaration = plugin.declaration ?? PluginDeclaration()
        help = declaration.help
        interval = plugin.configuration.interval ?? declaration.interval
        maxAge = plugin.configuration.maxAge ?? declaration.maxAge
        needsTargets = declaration.needsTargets
        runsPrograms = !declaration.programs.isEmpty
        families = plugin.registry.families.map(\.descriptor)
        grants = plugin.grantList
        memory = plugin.sandbox.memoryUsed
        secrets = plugin.secrets
    }
}
