import Glibc

/// The clocks of the system.
enum Clock {
    /// The time of day.
    static func unixSeconds() -> Double { seconds(CLOCK_REALTIME) }

    static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
