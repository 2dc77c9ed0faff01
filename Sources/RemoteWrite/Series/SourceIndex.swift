/// Finds the entries of a table by hash; whether one is meant is for the caller to compare.
///
/// Open addressing with linear probing; taking out an entry moves up those behind it, so that no traces are left.
struct SourceIndex {
    /// Entry numbers plus one; 0 where there is none.
    private var slots: [UInt32] = []
    private var hashes: [UInt32] = []
    private(set) var count = 0

    private var mask: Int { slots.count - 1 }

    /// The first entry with this hash that `isMeant` recognises.
    @inline(__always)
    func find(_ hash: UInt64, _ isMeant: (Int) -> Bool) -> Int? {
        guard count > 0 else { return nil }
        let short = UInt32(truncatingIfNeeded: hash)
        var place = Int(short) & mask
        while slots[place] != 0 {
            if hashes[place] == short, isMeant(Int(slots[place]) - 1) { return Int(slots[place]) - 1 }
            place = (place + 1) & mask
        }
        return nil
    }

    mutating func insert(_ entry: Int, hash: UInt64) {
        if (count + 1) * 4 > slots.count * 3 { grow() }
        put(UInt32(entry + 1), UInt32(truncatingIfNeeded: hash))
        count += 1
    }

    private mutating func put(_ slot: UInt32, _ hash: UInt32) {
        var place = Int(hash) & mask
        while slots[place] != 0 { place = (place + 1) & mask }
        slots[place] = slot
        hashes[place] = hash
    }

    private mutating func grow() {
        let (oldSlots, oldHashes) = (slots, hashes)
        let size = max(64, slots.count * 2)
        slots = [UInt32](repeating: 0, count: size)
        hashes = [UInt32](repeating: 0, count: size)
        for place in oldSlots.indices where oldSlots[place] != 0 { put(oldSlots[place], oldHashes[place]) }
    }

    mutating func remove(_ entry: Int, hash: UInt64) {
        let short = UInt32(truncatingIfNeeded: hash)
        guard count > 0 else { return }
        var place = Int(short) & mask
        while slots[place] != 0, slots[place] != UInt32(entry + 1) { place = (place + 1) & mask }
        guard slots[place] != 0 else { return }
        count -= 1
        var hole = place
        slots[hole] = 0
        var next = (hole + 1) & mask
        while slots[next] != 0 {
            let home = Int(hashes[next]) & mask
            // Moved only where its own search would otherwise stop at the hole.
            if (next - home) & mask >= (next - hole) & mask {
                slots[hole] = slots[next]
                hashes[hole] = hashes[next]
                slots[next] = 0
                hole = next
            }
            next = (next + 1) & mask
        }
    }
}
