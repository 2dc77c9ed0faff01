"""What a router says to a command that it does not take."""

from __future__ import annotations

TEXTS = {
    "name": ("Invalid command name", "コマンド名を確認してください"),
    "level": ("Administrator use only", "このコマンドは管理レベルでのみ使用できます"),
    "password": ("Incorrect password", "パスワードが間違っています"),
    "count": ("Insufficient or too many parameters", "パラメータの数が不適当です"),
    "range": ("Parameter out of range", "パラメータの値が範囲を超えています"),
}


class CommandError(Exception):
    """Its argument is a key of `TEXTS`."""


def error_text(key: str, japanese: bool) -> str:
    english, translated = TEXTS[key]
    return f"エラー：{translated}" if japanese else f"Error: {english}"
