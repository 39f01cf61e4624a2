#!/usr/bin/env python3
"""table.py FILE [-n PAIRS]: prints the table of PERFORMANCE.md, measured on FILE.

FILE holds Entra sign-ins, one a line, as Azure Monitor exports them. Every figure compares two whole processes that run in
turn; the ratio is taken pair by pair and the median is told. CPU time (user and system) is compared, not wall time, so that a
busy machine matters little; but for gzip, where two threads work side by side and nothing else should. Keys are shuffled, and blanks added, in the first 256 MiB of FILE.
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

PROJECT = pathlib.Path(__file__).resolve().parent.parent
SAMPLE_BYTES = 256 << 20


def build():
    """The program and the yardstick, both optimised."""
    for package, target in ((PROJECT, PROJECT / "target"), (PROJECT / "benches/parse_only", PROJECT / "target/yardstick")):
        subprocess.run(["cargo", "build", "--release", "--locked", "--target-dir", target], cwd=package, check=True)
    return str(PROJECT / "target/release/logdrift"), str(PROJECT / "target/yardstick/release/parse_only")


def run(command):
    """CPU seconds, wall seconds and peak MiB of a whole process."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} exited {process.returncode}")
    return used.ru_utime + used.ru_stime, time.monotonic() - start, used.ru_maxrss / 1024


CPU, WALL = 0, 1


def pairs(a, b, count, before=lambda: None, clock=CPU):
    """How much faster A is than B, by CPU time or by the clock on the wall: the median, the smallest and the largest ratio."""
    ratios = []
    for turn in range(count + 1):
        before()
        mine, theirs = run(a)[clock], run(b)[clock]
        if turn:
            ratios.append(theirs / mine)
    return f"{statistics.median(ratios):.2f}x ({min(ratios):.2f} to {max(ratios):.2f})"


def shuffled(value, draw):
    """The same value, the members of every object in an order of their own."""
    if isinstance(value, dict):
        members = [(key, shuffled(member, draw)) for key, member in value.items()]
        draw.shuffle(members)
        return dict(members)
    return [shuffled(element, draw) for element in value] if isinstance(value, list) else value


def write_variants(file, folder):
    """The first records of the file, their keys shuffled or with blanks; and all of them, without their nested properties."""
    draw, size = random.Random(1), 0
    compact = {"ensure_ascii": False, "separators": (",", ":")}
    names = ["shuffled", "spaced", "flat"]
    out = {name: open(folder / f"{name}.ndjson", "w", encoding="utf-8") for name in names}
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            print(json.dumps({key: part for key, part in record.items() if key != "properties"}, **compact), file=out["flat"])
            size += len(line)
            if size > SAMPLE_BYTES:
                continue
            print(json.dumps(shuffled(record, draw), **compact), file=out["shuffled"])
            print(json.dumps(record, ensure_ascii=False), file=out["spaced"])
    for stream in out.values():
        stream.close()
    return {name: str(folder / f"{name}.ndjson") for name in names}


def table(file, count, folder):
    logdrift, yardstick = build()
    result, store = str(folder / "out.fp"), folder / "out.db"

    def fingerprint(log, *more):
        return [logdrift, "fingerprint", log, "--output", result, *(more or ["--source", "entra-signin"])]

    def no_store():
        for left in folder.glob("out.db*"):
            left.unlink()

    yield "fingerprint against parse only", pairs(fingerprint(file), [yardstick, file], count)
    plain = ["--source", "generic", "--time", "time"]
    yield "without cohorts against parse only", pairs(fingerprint(file, *plain), [yardstick, file], count)
    variants = write_variants(file, folder)
    for name, log in variants.items():
        yield f"{name} records against parse only", pairs(fingerprint(log), [yardstick, log], count)
    for name, log in {"the file": file, **variants}.items():
        yield f"memo on against off, {name}", pairs(fingerprint(log), fingerprint(log) + ["--no-memo"], count)
    packed = folder / "packed.ndjson.gz"
    with open(packed, "wb") as out:
        subprocess.run(["gzip", "-6", "-c", file], stdout=out, check=True)
    yield "gzip against its decoder alone, wall", pairs(fingerprint(str(packed)), [yardstick, "--unpack", str(packed)], count, clock=WALL)
    learn = [logdrift, "learn", file, "--source", "entra-signin", "--store", str(store)]
    yield "learn against fingerprint", pairs(learn, fingerprint(file), count, no_store)
    yield "two threads against one, CPU time", pairs(fingerprint(file) + ["--threads", "2"], fingerprint(file), count)
    whole = run(fingerprint(file))[2]
    quarter = folder / "quarter.ndjson"
    # Line by line, since what this process holds counts as memory of the processes that it starts.
    with open(file, "rb") as log, open(quarter, "wb") as part:
        while part.tell() < os.path.getsize(file) // 4:
            part.write(log.readline())
    part = run(fingerprint(str(quarter)))[2]
    yield "peak memory", f"{whole:.0f} MiB; of a quarter of the records {part:.0f} MiB ({whole / part - 1:+.0%})"
    one = folder / "one.ndjson"
    with open(file, "rb") as log:
        one.write_bytes(log.readline())
    starts = [run(fingerprint(str(one)))[1] - run(["true"])[1] for _ in range(4 * count)]
    yield "start-up on one record, over `true`", f"{statistics.median(starts) * 1000:.1f} ms wall"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("-n", type=int, default=5, metavar="PAIRS")
    arguments = parser.parse_args()
    print("| what | measured |\n|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for what, figure in table(arguments.file, arguments.n, pathlib.Path(folder)):
            print(f"| {what} | {figure} |", flush=True)


if __name__ == "__main__":
    main()
