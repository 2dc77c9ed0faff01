import Glibc
import Synchronization

/// Starts the process's threads on behalf of confined ones, so that none takes over rules that are not its own.
///
/// The kernel's rules go from a thread to those it starts. Whichever thread happens to give the shared pools work also
/// makes their threads grow: were that a plugin's, the hub's own work would land on a thread that may read only what
/// the plugin was granted. Therefore `pthread_create` of this program has the thread of this object start every thread,
/// once there is one; what a plugin's thread is to hand on is started within `inheriting`.
final class ThreadStarter: Sendable {
    typealias Body = @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?

    /// The one of the process; made by the first thread that is going to be confined, before it is.
    static let shared: ThreadStarter? = {
        let starter = ThreadStarter()
        guard starter.begin() else { return nil }
        isRunning.store(true, ordering: .releasing)
        return starter
    }()
    private static let isRunning = Atomic(false)
    /// Threads that start their threads themselves at the moment.
    private static let selfStarting = Mutex(Set<pthread_t>())

    /// A thread to be started; lives on the stack of the one that waits for it.
    private struct Request {
        let thread: UnsafeMutablePointer<pthread_t>
        let attributes: UnsafePointer<pthread_attr_t>?
        let body: Body
        let argument: UnsafeMutableRawPointer?
        /// Signals that the new thread blocks: those that its creator does.
        var mask: sigset_t
        var result: Int32
    }

    private struct Slot: @unchecked Sendable {
        /// Posted when a request waits, and when it has been answered; they live as long as the process.
        let asked = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        let answered = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        let request = UnsafeMutablePointer<UnsafeMutablePointer<Request>?>.allocate(capacity: 1)
    }

    private let slot = Slot()
    /// One request at a time.
    private let turn = Mutex(())

    private init() {
        sem_init(slot.asked, 0, 0)
        sem_init(slot.answered, 0, 0)
        slot.request.initialize(to: nil)
    }

    /// Runs `work`, whose new threads are subject to the rules of this one.
    static func inheriting(_ work: () -> Void) {
        let this = pthread_self()
        let isFirst = selfStarting.withLock { $0.insert(this).inserted }
        work()
        if isFirst { selfStarting.withLock { _ = $0.remove(this) } }
    }

    /// Starts a thread with the rules of the process alone; parameters and result are those of pthread_create(3).
    static func start(
        _ thread: UnsafeMutablePointer<pthread_t>,
        _ attributes: UnsafePointer<pthread_attr_t>?,
        _ body: @escaping Body,
        _ argument: UnsafeMutableRawPointer?
    ) -> Int32 {
        guard isRunning.load(ordering: .acquiring), let shared,
            !selfStarting.withLock({ $0.contains(pthread_self()) })
        else { return startHere(thread, attributes, body, argument) }
        var request = Request(
            thread: thread,
            attributes: attributes,
            body: body,
            argument: argument,
            mask: sigset_t(),
            result: EAGAIN
        )
        pthread_sigmask(SIG_BLOCK, nil, &request.mask)
        withUnsafeMutablePointer(to: &request) { shared.ask($0) }
        return request.result
    }

    private func ask(_ request: UnsafeMutablePointer<Request>) {
        turn.withLock { _ in
            slot.request.pointee = request
            sem_post(slot.asked)
            Self.wait(slot.answered)
        }
    }

    /// Starts the thread that starts threads; false when there can be none.
    ///
    /// It blocks all signals: they are for the threads that know what to do with them.
    private func begin() -> Bool {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let body: Body = { starter in
            guard let starter else { return nil }
            Unmanaged<ThreadStarter>.fromOpaque(starter).takeUnretainedValue().serve()
        }
        var thread = pthread_t()
        let starter = Unmanaged.passRetained(self)
        let isStarted = Self.startHere(&thread, nil, body, starter.toOpaque()) == 0
        if isStarted { pthread_detach(thread) } else { starter.release() }
        return isStarted
    }

    private func serve() -> Never {
        while true {
            Self.wait(slot.asked)
            if let request = slot.request.pointee {
                var own = sigset_t()
                pthread_sigmask(SIG_SETMASK, &request.pointee.mask, &own)
                request.pointee.result = Self.startHere(
                    request.pointee.thread,
                    request.pointee.attributes,
                    request.pointee.body,
                    request.pointee.argument
                )
                pthread_sigmask(SIG_SETMASK, &own, nil)
            }
            sem_post(slot.answered)
        }
    }

    private static func wait(_ semaphore: UnsafeMutablePointer<sem_t>) {
        while sem_wait(semaphore) != 0 && errno == EINTR {}
    }

    // MARK: The system's own function

    private typealias Function =
        @convention(c) (
            UnsafeMutablePointer<pthread_t>, UnsafePointer<pthread_attr_t>?, Body, UnsafeMutableRawPointer?
        ) -> Int32

    /// `pthread_create` of the next library in the search order (`RTLD_NEXT`), which is the system's.
    private static let system: Function? = {
        guard let symbol = dlsym(UnsafeMutableRawPointer(bitPattern: -1), "pthread_create") else { return nil }
        return unsafeBitCast(symbol, to: Function.self)
    }()

    private static func startHere(
        _ thread: UnsafeMutablePointer<pthread_t>,
        _ attributes: UnsafePointer<pthread_attr_t>?,
        _ body: @escaping Body,
        _ argument: UnsafeMutableRawPointer?
    ) -> Int32 {
        guard let system else { return EAGAIN }
        return system(thread, attributes, body, argument)
    }
}

/// Takes the place of pthread_create(3) in this program and in the libraries that it uses.
@_cdecl("pthread_create")
func createThread(
    _ thread: UnsafeMutablePointer<pthread_t>,
    _ attributes: UnsafePointer<pthread_attr_t>?,
    _ body: @escaping ThreadStarter.Body,
    _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    ThreadStarter.start(thread, attributes, body, argument)
}
