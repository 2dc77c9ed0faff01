"""What a router counts. The defaults are the values of a published sample of the first exporter for the RTX1200."""

from __future__ import annotations

from typing import Any

SAMPLE_VALUES: dict[str, Any] = {
    "cpu": [3, 2, 2],  # percent over 5 s, 1 min, 5 min
    "memory": 24,
    "packet_buffer": {"small": 0, "middle": 1, "large": 5, "huge": 0},
    "temperature": 46,
    "uptime": 5 * 86400 + 21 * 3600 + 12 * 60 + 17,  # seconds
    "serial": "D26012345",
    "lan": {
        "1": {
            "out_packets": 43465561, "out_octets": 51255053848,
            "in_packets": 27396255, "in_octets": 8057224805, "overflow": 0,
        },
        "2": {
            "out_packets": 26114302, "out_octets": 7601284417,
            "in_packets": 43710023, "in_octets": 50882301995, "overflow": 12,
        },
        "3": {"out_packets": 0, "out_octets": 0, "in_packets": 0, "in_octets": 0, "overflow": 0},
    },
    "pp": {
        "1": {
            "connected": True, "seconds": 109,
            "out_packets": 13, "out_octets": 511, "in_packets": 1, "in_octets": 1,
        },
        "2": {"connected": False},
    },
    "tunnel": {
        "1": {
            "connected": True, "seconds": 1256,
            "ipv4": {
                "out_packets": 154224, "out_octets": 19191955, "in_packets": 171847, "in_octets": 58823472,
            },
            "ipv6": {"out_packets": 0, "out_octets": 0, "in_packets": 3, "in_octets": 208},
        },
    },
    "connections": {"v4": [59, 59], "v6": [35, 35]},  # sessions, channels
    "dhcp": {
        "1": {"network": "192.168.100.0", "all": 190, "excluded": 4, "leases": 12},
        "2": {"network": "192.168.101.0", "all": 16, "excluded": 0, "leases": 1},
    },
    "nat": {"1": {"interface": "PP[01](1)", "used": 71, "limit": 65534, "hosts": 3}},
}
