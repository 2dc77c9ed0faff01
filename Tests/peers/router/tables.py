"""`show ip connection summary`, `show status dhcp`, `show nat descriptor ...`."""

from __future__ import annotations

from typing import Any


def connections(values: dict[str, Any], family: str) -> list[str]:
    """English in either language."""
    sessions, channels = values["connections"][family]
    return [f"Total Session: {sessions}   Total Channel: {channels}"]


def right(label: str, text: str, column: int = 34) -> str:
    """The labels end in the same column; a Japanese character takes two."""
    width = sum(2 if ord(character) > 0x2000 else 1 for character in label)
    return f"{' ' * max(column - width - 1, 0)}{label}: {text}"


def dhcp(values: dict[str, Any], only: str | None, japanese: bool) -> list[str]:
    words = DHCP_JAPANESE if japanese else DHCP_ENGLISH
    lines = []
    for scope, content in values["dhcp"].items():
        if only is None or scope == only:
            lines += _scope(scope, content, words)
    return lines


def _scope(scope: str, content: dict[str, Any], words: dict[str, str]) -> list[str]:
    network = content["network"].rpartition(".")[0]
    lines = [f"{words['scope']}: {scope}", right(words["network"], content["network"], 24)]
    for number in range(content["leases"]):
        lines.append(right(words["address"], f"{network}.{10 + number}"))
        lines.append(right(words["client"], f"02:00:5e:00:{int(scope):02x}:{number:02x}"))
        if number % 3:
            # A name that a client chose; it must not be taken for a count.
            name = "All: 5" if number == 7 else f"host-{scope}-{number}"
            lines.append(right(words["host"], name))
        lines.append(right(words["rest"], words["time"].format(hours=number % 24)))
    free = content["all"] - content["excluded"] - content["leases"]
    counts = {"all": content["all"], "excluded": content["excluded"], "leased": content["leases"], "usable": free}
    return lines + [right(words[key], str(count)) for key, count in counts.items()]


DHCP_ENGLISH = {
    "scope": "DHCP Scope number",
    "network": "Network address",
    "address": "Leased address",
    "client": "(type) Client ID",
    "host": "Host Name",
    "rest": "Remaining lease",
    "time": "2days {hours}hours 59min. 31secs.",
    "all": "All",
    "excluded": "Except",
    "leased": "Leased",
    "usable": "Usable",
}

DHCP_JAPANESE = {
    "scope": "DHCPスコープ番号",
    "network": "ネットワークアドレス",
    "address": "割り当て中アドレス",
    "client": "クライアントイーサネットアドレス",
    "host": "ホスト名",
    "rest": "リース残時間",
    "time": "2日 {hours}時間 59分 31秒",
    "all": "スコープの全アドレス数",
    "excluded": "除外アドレス数",
    "leased": "割り当て中アドレス数",
    "usable": "利用可能アドレス数",
}


def nat_addresses(values: dict[str, Any], only: str | None, japanese: bool) -> list[str]:
    lines = ["NAT/IPマスカレード 動作タイプ : 2"] if japanese else ["NAT/IP masquerade type : 2"]
    shown = {number: nat for number, nat in values["nat"].items() if only in (None, "all", number)}
    for number, nat in shown.items():
        if japanese:
            lines += [
                f"参照NATディスクリプタ : {number}, 適用インタフェース : {nat['interface']}",
                "Masqueradeテーブル",
                "    外側アドレス: ipcp/203.0.113.7",
                f"    ポート範囲: 60000-64095, 49152-59999, 44096-49151   {nat['used']}個使用中",
                "  No.       内側アドレス    セッション数  ホスト毎制限数    種別",
            ]
        else:
            lines += [
                f"Reference NAT descriptor : {number}, Applied interface : {nat['interface']}",
                "Masquerade table",
                "    Outer address: ipcp/203.0.113.7",
                f"    Port range: 60000-64095, 49152-59999, 44096-49151   {nat['used']} used.",
                "  No.      Inner address    Sessions    Limit per host    Type",
            ]
        for host in range(nat["hosts"]):
            kind = "動的" if japanese else "dynamic"
            sessions = nat["used"] // nat["hosts"]
            lines.append(f"  {host + 1:3}     192.168.100.{10 + host}{sessions:13}{65534:18}    {kind}")
        lines.append("---------------------")
    count = len(shown)
    lines.append(f"有効なNATディスクリプタテーブルが{count}個ありました" if japanese else f"{count} valid NAT descriptor tables")
    return lines


def nat_ports(values: dict[str, Any], number: str, japanese: bool) -> list[str]:
    nat = values["nat"][number]
    heading = "参照NATディスクリプタ" if japanese else "Reference NAT descriptor"
    return [f"{heading} : {number}, {nat['interface']}", f"  203.0.113.7      {nat['used']:6}/ {nat['limit']}"]
