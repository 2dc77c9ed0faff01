"""`show environment` and what is printed at the login."""

from __future__ import annotations

import datetime

from .options import MODELS, Options

JAPAN = datetime.timezone(datetime.timedelta(hours=9))
NOW = datetime.datetime(2021, 1, 30, 9, 44, 53, tzinfo=JAPAN)
MACS = ("00:a0:de:aa:bb:11", "00:a0:de:aa:bb:22", "00:a0:de:aa:bb:33")

COPYRIGHTS = (
    "Yamaha Corporation. All Rights Reserved.", "Center for Information Technology", "The Regents of the University",
    "Massachusetts Institute of Technology", "RSA Data Security, Inc.", "Internet Systems Consortium",
    "Digital Equipment Corporation", "Lua.org, PUC-Rio.", "The OpenSSL Project.", "Eric Young", "Carnegie Mellon",
    "NetBSD Foundation, Inc.", "Tatu Ylonen", "Christian Werner", "Paul Johnston", "JSON.org",
)


def banner(options: Options) -> list[str]:
    model = MODELS[options.model]
    year = model.date[-4:]
    lines = [f"{options.model} {model.revision} ({model.date})"]
    if model.has_long_banner:
        lines += [f"  Copyright (c) 1994-{year} {holder}" for holder in COPYRIGHTS]
    else:
        lines += [
            f"  Copyright (c) 1994-{year} {COPYRIGHTS[0]}",
            "  To display the software copyright statement, use 'show copyright' command.",
        ]
    return lines + [", ".join(MACS[: model.lans]), model.memory]


def environment(options: Options, japanese: bool) -> list[str]:
    values, model = options.values, MODELS[options.model]
    addresses = " ".join(f"MAC-Address={mac}" for mac in MACS[: model.lans])
    cpu = " ".join(f"{value:3}%({span})" for value, span in zip(values["cpu"], ("5sec", "1min", "5min")))
    buffers = " ".join(f"{value:3}%({size})" for size, value in values["packet_buffer"].items())
    boot = NOW - datetime.timedelta(seconds=values["uptime"])
    words = JAPANESE if japanese else ENGLISH
    lines = [
        f"{options.model} BootROM Ver.1.01",
        f"{options.model} {model.revision} ({model.date})",
        f"  main:  {options.model} ver=c0 serial={values['serial']} {addresses}",
        f"CPU: {cpu}    {words['memory']}: {values['memory']}% used",
        f"{words['buffers']}: {buffers} used",
        *words["files"],
        f"{words['boot']}: {boot:%Y/%m/%d %H:%M:%S} +09:00",
        f"{words['now']}: {NOW:%Y/%m/%d %H:%M:%S} +09:00",
        f"{words['elapsed']}: {elapsed(values['uptime'], words['days'])}",
        words["security"],
    ]
    if model.has_temperature and "temperature" in values:
        lines.append(f"{words['temperature']}: {values['temperature']}")
    return lines


def elapsed(seconds: int, days_word: str) -> str:
    """`5days 21:12:17`; below a day there is no part for the days."""
    days, rest = divmod(seconds, 86400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days}{days_word} {clock}" if days else clock


ENGLISH = {
    "memory": "Memory",
    "buffers": "Packet-buffer",
    "files": (
        "Firmware: exec1  Config. file: config1",
        "Default firmware: exec0  Default config. file: config0",
    ),
    "boot": "Boot time",
    "now": "Current time",
    "elapsed": "Elapsed time from boot",
    "days": "days",
    "security": "Security Class: 1, FORGET: ON, TELNET: OFF",
    "temperature": "Inside Temperature(C.)",
}

JAPANESE = {
    "memory": "メモリ",
    "buffers": "パケットバッファ",
    "files": (
        "ファームウェア: exec1  設定ファイル: config1",
        "デフォルトファームウェア: exec0  デフォルト設定ファイル: config0",
    ),
    "boot": "起動時刻",
    "now": "現在の時刻",
    "elapsed": "起動からの経過時間",
    "days": "日",
    "security": "セキュリティクラス レベル: 1, FORGET: ON, TELNET: OFF",
    "temperature": "筐体内温度(℃)",
}
