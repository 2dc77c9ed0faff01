/// Scrapes through a network address translator: the protocol of PushProx, both sides.
enum RelayProtocol {}
