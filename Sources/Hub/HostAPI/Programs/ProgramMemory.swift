/// What the host holds for a program: its pipes, what it reads, and what has come of its output.
///
/// Lives on the plugin's thread. A run for which that is too much is ended, and the program with it.
final class ProgramMemory {
    private let pipes: MemoryHold
    private let bytes: MemoryHold
    private var run: CollectRun?

    init(of instance: PluginInstance, for run: CollectRun, input: Int) {
        pipes = MemoryHold(.connections, of: instance)
        bytes = MemoryHold(.buffers, of: instance)
        self.run = run
        pipes.set(MemoryHold.connectionSize, for: run)
        // Here, and in the file that the program reads.
        bytes.set(2 * input, for: run)
    }

    /// So much more of the output has come.
    func add(_ size: Int) { bytes.add(size, for: run) }

    /// The script has what it gets.
    func release() {
        pipes.set(0)
        bytes.set(0)
        run = nil
    }
}
