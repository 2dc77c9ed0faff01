"""Runs the same pure Lua work in Debian's lua5.4 and in a plugin with its limits armed.

The two take turns, process by process, and the quickest run of each counts: what else the machine does only ever adds.
"""

import pathlib
import re
import subprocess

FOLDER = pathlib.Path(__file__).resolve().parent / "interpreter"
TURNS = 10
RUNS_PER_TURN = 2
STOCK = f'require("workloads")({RUNS_PER_TURN}, function(name, seconds) print(name, seconds) end)'
# What a plugin may be slower by; patterns are matched by the sandbox's own code.
MOST = {"patterns": 1.25, "string parsing": 1.25}
MOST_OTHERWISE = 1.15


def output_of(command):
    return subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, text=True).stdout


def stock():
    """Seconds by workload."""
    rows = (line.split("\t") for line in output_of(["lua5.4", "-e", STOCK]).splitlines())
    return {name: float(seconds) for name, seconds in rows}


def sandboxed(hub):
    """Seconds by workload."""
    text = output_of([hub.resolve(), "run", FOLDER, "--config", "hub.yml", "--set", f"runs={RUNS_PER_TURN}",
                      "--timeout", "120"])
    return {name: float(seconds) for name, seconds in re.findall(r'^workload_seconds\{workload="(.*)"\} (\S+)', text, re.M)}


def measure(hub):
    """Returns by workload the seconds in the sandbox and in lua5.4."""
    best = {}
    for _ in range(TURNS):
        for side, seconds in enumerate([sandboxed(hub), stock()]):
            for name, value in seconds.items():
                pair = best.setdefault(name, [float("inf"), float("inf")])
                pair[side] = min(pair[side], value)
    if not all(float("inf") > max(pair) for pair in best.values()):
        raise RuntimeError(f"a workload ran on one side only: {best}")
    return best


def section(hub):
    """The figures as Markdown, with the most that each ratio may be."""
    rows = [
        f"| {name} | {ours * 1000:.0f} ms | {stock * 1000:.0f} ms | {ours / stock:.2f} | "
        f"{MOST.get(name, MOST_OTHERWISE):.2f} |"
        for name, (ours, stock) in sorted(measure(hub).items())
    ]
    return "\n".join([
        "## Lua\n",
        "Pure Lua work in a plugin with its limits armed, and in Debian's lua5.4: the quickest of "
        f"{TURNS * RUNS_PER_TURN} runs of each, in turns. lua5.4 has the interpreter linked in; that the hub calls it "
        "in liblua5.4.so is 1.10 for coroutines and 1.15 for strings of each ratio.",
        "",
        "| | plugin | lua5.4 | ratio | at most |",
        "|---|--:|--:|--:|--:|",
        *rows,
    ])
