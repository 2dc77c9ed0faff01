/// The coroutines of a run that have not ended, in the order in which they began.
///
/// Later ones are ended first: what keeps a coroutine of `parallel` from being collected is the stack of its caller.
/// Adding and removing take the same time however many there are.
struct TaskList {
    /// With gaps where coroutines have ended; the last one is none.
    private var slots: [FiberTask?] = []
    private(set) var count = 0
    /// Gaps that are not worth the work of closing them.
    private static let spare = 16

    var last: FiberTask? { slots.last ?? nil }
    var all: [FiberTask] { slots.compactMap(\.self) }

    mutating func append(_ task: FiberTask) {
        task.slot = slots.count
        slots.append(task)
        count += 1
    }

    mutating func remove(_ task: FiberTask) {
        guard task.slot < slots.count, slots[task.slot] === task else { return }
        slots[task.slot] = nil
        count -= 1
        while let last = slots.last, last == nil { slots.removeLast() }
        guard slots.count > 2 * count + Self.spare else { return }
        slots = all
        for (slot, task) in slots.enumerated() { task?.slot = slot }
    }

    mutating func removeAll() {
        slots = []
        count = 0
    }
}
