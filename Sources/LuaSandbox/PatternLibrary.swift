import CLua

/// The step from the C side of `find`, `match`, `gmatch` and `gsub` into the matcher.
enum PatternLibrary {
    /// Fills in the match that `search` asks for.
    ///
    /// Nothing here raises: the C side does, when this frame is gone.
    static let matcher: clua_matcher = { search in
        guard let search else { return Int32(CLUA_SEARCH_FAILED) }
        var matcher = PatternMatcher(
            subject: .init(start: search.pointee.subject, count: search.pointee.subject_length),
            pattern: .init(start: search.pointee.pattern, count: search.pointee.pattern_length),
            captures: clua_search_captures(search),
            control: search.pointee.control
        )
        do throws(PatternError) {
            let range = try matcher.search(
                from: search.pointee.start,
                lastEnd: search.pointee.last_end,
                isAnchored: search.pointee.is_anchored != 0
            )
            guard let range else { return Int32(CLUA_SEARCH_NOTHING) }
            search.pointee.start = range.lowerBound
            search.pointee.end = range.upperBound
            search.pointee.capture_count = Int32(matcher.captureCount)
            return Int32(CLUA_SEARCH_FOUND)
        } catch .stopped {
            return Int32(CLUA_SEARCH_STOPPED)
        } catch {
            search.pointee.control.setMessage(error.message)
            return Int32(CLUA_SEARCH_FAILED)
        }
    }
}
