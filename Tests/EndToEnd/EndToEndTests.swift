import Testing

/// Tests of the built program, one after the other: several measure deadlines.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct EndToEndTests {}
