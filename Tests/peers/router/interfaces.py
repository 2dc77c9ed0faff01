"""`show status lanN`, `show status pp N` and `show status tunnel N`."""

from __future__ import annotations

from typing import Any

LABEL_WIDTH = 32  # columns of the labels of `show status lanN`


def plural(number: int, word: str) -> str:
    return f"{number} {word}" if number < 2 else f"{number} {word}s"


def counted(counters: dict[str, int], direction: str, japanese: bool, brackets: str) -> str:
    """`14 packets [840 octets]`, `1 パケット(60 オクテット)`: a LAN has round brackets and no blank in Japanese."""
    packets, octets = counters[f"{direction}_packets"], counters[f"{direction}_octets"]
    left, right = brackets
    if japanese:
        return f"{packets} パケット{left}{octets} オクテット{right}"
    return f"{plural(packets, 'packet')} {left}{plural(octets, 'octet')}{right}"


def labelled(label: str, text: str) -> str:
    """The label and a colon, filled with blanks to the column where the values begin."""
    columns = sum(2 if ord(character) > 0x2000 else 1 for character in label)
    return f"{label}:{' ' * (LABEL_WIDTH - columns - 1)}{text}"


def lan(number: str, counters: dict[str, int], japanese: bool) -> list[str]:
    transmitted, received = (counted(counters, direction, japanese, "()") for direction in ("out", "in"))
    overflow = counters["overflow"]
    fast = counters["out_packets"] * 3 // 4
    if japanese:
        return [
            f"LAN{number}",
            "説明:",
            labelled("IPアドレス", f"192.168.{99 + int(number)}.1/24"),
            labelled("イーサネットアドレス", f"00:a0:de:aa:bb:{number}{number}"),
            labelled("動作モード設定", "Auto Negotiation (1000BASE-T Full Duplex)"),
            labelled("最大パケット長(MTU)", "1500 オクテット"),
            labelled("プロミスキャスモード", "OFF"),
            labelled("送信パケット", transmitted),
            labelled("  IPv4(全体/ファストパス)", f"{counters['out_packets']} パケット / {fast} パケット"),
            labelled("  IPv6(全体/ファストパス)", "0 パケット / 0 パケット"),
            labelled("受信パケット", received),
            labelled("  IPv4", f"{counters['in_packets']} パケット"),
            labelled("  IPv6", "0 パケット"),
            labelled("未サポートパケットの受信", "7"),
            labelled("受信オーバーフロー", str(overflow)),
        ]
    return [
        f"LAN{number}",
        "Description:",
        labelled("IP address", f"192.168.{99 + int(number)}.1/24"),
        labelled("Ethernet address", f"00:a0:de:aa:bb:{number}{number}"),
        labelled("Operation mode", "Auto Negotiation (1000BASE-T Full Duplex)"),
        labelled("Maximum Transmission Unit(MTU)", "1500 octets"),
        labelled("Promiscuous mode", "OFF"),
        labelled("Transmitted", transmitted),
        labelled("  IPv4(all/fast path)", f"{plural(counters['out_packets'], 'packet')} / {plural(fast, 'packet')}"),
        labelled("  IPv6(all/fast path)", "0 packet / 0 packet"),
        labelled("Received", received),
        labelled("  IPv4", plural(counters["in_packets"], "packet")),
        labelled("  IPv6", "0 packet"),
        labelled("Unsupported packets received", "7"),
        labelled("Receive overflow", str(overflow)),
    ]


def duration(seconds: int, japanese: bool) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}分{rest}秒" if japanese else f"{plural(minutes, 'minute')} {plural(rest, 'second')}"


def pp(number: str, values: dict[str, Any], japanese: bool) -> list[str]:
    heading = [f"PP[{int(number):02}]:", "説明: " if japanese else "Description: "]
    if not values["connected"]:
        state = "PPPoEセッションは接続されていません" if japanese else "Current PPPoE session status is Disconnected."
        return heading + [state]
    transmitted, received = (counted(values, direction, japanese, "[]") for direction in ("out", "in"))
    time = duration(values["seconds"], japanese)
    if japanese:
        received, transmitted = (text.replace("パケット[", "パケット [") for text in (received, transmitted))
        return heading + [
            "PPPoEセッションは接続されています",
            "接続相手: BAS",
            f"通信時間: {time}",
            f"受信: {received}  負荷: 0.0%",
            f"送信: {transmitted}  負荷: 0.0%",
            "PPPオプション",
            "    LCP Local: Magic-Number MRU, Remote: CHAP Magic-Number MRU",
            "    IPCP Local: IP-Address Primary-DNS(192.0.2.53) Secondary-DNS(192.0.2.54), Remote: IP-Address",
            "    PP IP Address Local: 203.0.113.7, Remote: 203.0.113.1",
            "    CCP: None",
        ]
    return heading + [
        "Current PPPoE session status is Connected.",
        "Access Concentrator: BAS",
        f"{time}  connection.",
        f"Received: {received}  Load: 0.0%",
        f"Transmitted: {transmitted}  Load: 0.0%",
        "PPP Cofigure Options",  # sic
        "    LCP Local: Magic-Number MRU, Remote: CHAP Magic-Number MRU",
        "    IPCP Local: IP-Address Primary-DNS(192.0.2.53) Secondary-DNS(192.0.2.54), Remote: IP-Address",
        "    PP IP Address Local: 203.0.113.7, Remote: 203.0.113.1",
        "    CCP: None",
    ]


def tunnel(number: str, values: dict[str, Any], japanese: bool) -> list[str]:
    if japanese:
        lines = [f"TUNNEL[{number}]:", "説明:", "インタフェースの種類: IPsec"]
        if not values["connected"]:
            return lines + ["トンネルインタフェースは接続されていません"]
        lines += [
            "トンネルインタフェースは接続されています",
            "開始: 2025/12/08 13:14:20",
            f"通信時間: {duration(values['seconds'], True)}",
        ]
    else:
        lines = [f"TUNNEL[{number}]:", "Description:", "Interface type: IPsec"]
        if not values["connected"]:
            return lines + ["Current status is Offline."]
        lines += [
            "Current status is Online.",
            "from 2025/12/08 13:14:20.",
            f"{duration(values['seconds'], False)}  connection.",
            "Maximum Transmission Unit(MTU):",
            "IPv4: 1280 octets",
            "IPv6: 1280 octets",
        ]
    for direction, label in (("in", "受信" if japanese else "Received"), ("out", "送信" if japanese else "Transmitted")):
        for number, family in enumerate(("ipv4", "ipv6")):
            text = counted(values[family], direction, japanese, "[]").replace("パケット[", "パケット [")
            start = f"{label}:".ljust(6 if japanese else 13) if number == 0 else ""
            lines.append(f"{start}({'IPv4' if number == 0 else 'IPv6'}) {text}")
    return lines
