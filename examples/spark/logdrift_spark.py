#!/usr/bin/env python3
"""One fingerprint of logs, made by many machines: `logdrift fingerprint` is the map, `logdrift merge` the reduce.

    spark-submit logdrift_spark.py --logdrift ./logdrift --key logdrift.db.key --source entra-signin -o march.fp 's3://logs/2026/03/*'

Needs Spark 3.5 or later on Linux, and nothing else but the logdrift program. README.md beside this file says where things go.
"""

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from itertools import chain, islice

from pyspark import SparkFiles
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

# Exit code of logdrift where no record was recognised.
NOTHING = 3
# Where the records of `entra-signin` have their ids.
IDS = ["$.properties.id", "$.id", "$.Id"]
# Bytes that are gathered before they are written to it.
BUFFER = 1 << 16


@dataclass(frozen=True)
class Logdrift:
    """The program as a task runs it. It travels inside the tasks, and the key with it: never as a file, an argument or a log line."""

    program: str
    arguments: tuple
    key: bytes = field(repr=False)
    fan_in: int

    def fingerprint(self, chunks):
        """The fingerprint of the bytes of one log, and what is to be said about it; `None` for no bytes."""
        chunks = iter(chunks)
        first = next(chunks, None)
        if first is None:
            return None
        # The key goes through a pipe of its own, so that a node that dies leaves none behind.
        key, end = os.pipe()
        os.write(end, self.key)
        os.close(end)
        try:
            ways = ["--key", f"/dev/fd/{key}", "--output", "/dev/stdout"]
            command = ["fingerprint", "-", "--quiet", *ways, *map(on_node, self.arguments)]
            code, out, said = self.run(command, chain([first], chunks), pass_fds=[key])
        finally:
            os.close(key)
        return (None, {said}) if code == NOTHING else (out, set())

    def merge(self, parts):
        """At most one pair of a fingerprint and what is to be said, of any number of them."""
        parts = filter(None, parts)
        merged = next(parts, None)
        while more := list(islice(parts, self.fan_in - 1)):
            merged = self.merge_few([merged, *more])
        return [merged] if merged else []

    def merge_few(self, parts):
        fingerprints = [fingerprint for fingerprint, _ in parts if fingerprint]
        said = set().union(*(said for _, said in parts))
        if len(fingerprints) < 2:
            return next(iter(fingerprints), None), said
        # Spark's own scratch folder goes with the application, even if the task dies.
        scratch = os.environ.get("SPARK_LOCAL_DIRS", "").split(",")[0] or None
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            paths = [os.path.join(folder, f"{number}.fp") for number in range(len(fingerprints))]
            for path, fingerprint in zip(paths, fingerprints):
                with open(path, "wb", opener=owner_only) as file:
                    file.write(fingerprint)
            _, out, words = self.run(["merge", "--output", "/dev/stdout", *paths])
        return out, said.union(line for line in words.splitlines() if "warning:" in line)

    def run(self, arguments, chunks=(), **options):
        """Exit code, bytes on stdout and words on stderr; raises with the words if it failed."""
        pipe = subprocess.PIPE
        command = [on_node(self.program), *arguments]
        with subprocess.Popen(command, bufsize=BUFFER, stdin=pipe, stdout=pipe, stderr=pipe, **options) as process:
            try:
                with process.stdin as stdin:
                    for chunk in chunks:
                        stdin.write(chunk)
            except BrokenPipeError:
                pass  # It ended early, and says why.
            process.stdin = None
            out, said = process.communicate()
        said = said.decode(errors="replace").strip()
        if process.returncode not in (0, NOTHING):
            raise RuntimeError(f"logdrift {arguments[0]} ended with exit code {process.returncode}: {said}")
        return process.returncode, out, said


def owner_only(path, flags):
    return os.open(path, flags, 0o600)


def on_node(name):
    """Where a file lies on the node that asks: one that was shipped, or `local:/path`, which is on every node."""
    if name.startswith("shipped:"):
        return SparkFiles.get(name.removeprefix("shipped:"))
    return name.removeprefix("local:")


def shipped(spark, path):
    """Has Spark copy a file to every node; what `on_node` finds it by."""
    if path.startswith("local:"):
        return path
    spark.sparkContext.addFile(path)
    return "shipped:" + os.path.basename(path)


def is_object(line):
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def json_lines(rows):
    """Lines as a log, a whole object first: by how a log begins its form is told, and a part may begin with anything."""
    lines = (bytes(row[0]) for row in rows)
    held = []
    for line in lines:
        if is_object(line):
            held.insert(0, line)
            break
        held.append(line)
    for line in chain(held, lines):
        yield line
        yield b"\n"


def parts_by_file(spark, args, logdrift):
    """Each file a log of its own, in any form and compression that logdrift reads; small files share a task."""
    files = spark.read.format("binaryFile").option("recursiveFileLookup", True).load(args.inputs).select("content")
    return files.rdd.mapPartitions(lambda rows: logdrift.merge(logdrift.fingerprint([row[0]]) for row in rows))


def parts_by_line(spark, args, logdrift):
    """JSON lines as they lie, or dealt out by record id, so that records that came twice meet and count as in one pass."""
    lines = spark.read.option("recursiveFileLookup", True).option("lineSep", "\n").text(args.inputs)
    if args.by == "record":
        ids = [F.get_json_object("value", path) for path in args.id]
        lines = lines.repartition(args.parts or max(1, lines.rdd.getNumPartitions()), F.coalesce(*ids, "value"))
    # As bytes, so that what is not UTF-8 comes to logdrift as it is.
    rows = lines.select(F.col("value").cast("binary")).rdd
    return rows.mapPartitions(lambda rows: logdrift.merge([logdrift.fingerprint(json_lines(rows))]))


def merged(parts, logdrift):
    """A tree of merges, each of a few neighbours, the last one on the driver. Their order does not matter."""
    fan_in = logdrift.fan_in
    while parts.getNumPartitions() > fan_in:
        numbered = parts.mapPartitionsWithIndex(lambda number, those: ((number // fan_in, part) for part in those))
        groups = math.ceil(parts.getNumPartitions() / fan_in)
        parts = numbered.partitionBy(groups, int).values().mapPartitions(logdrift.merge)
    return logdrift.merge(parts.collect())


def read_key(spark, path):
    if "://" in path:
        key = spark.read.text(path).first().value
    else:
        with open(path, encoding="ascii", errors="replace") as file:
            key = file.readline()
    if not re.fullmatch("[0-9a-fA-F]{64}", key.strip()):
        raise SystemExit(f"logdrift_spark: error: {path} is no key: 64 hexadecimal digits are expected")
    return key.strip().encode()


def write(spark, path, data):
    """A file that its owner alone can read, on the driver or wherever Hadoop writes."""
    if "://" not in path:
        with open(path + ".part", "wb", opener=owner_only) as file:
            file.write(data)
        return os.replace(path + ".part", path)
    hadoop = spark.sparkContext._jvm.org.apache.hadoop.fs
    place = hadoop.Path(path)
    system = place.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
    system.setWriteChecksum(False)
    stream = system.create(place)
    system.setPermission(place, hadoop.permission.FsPermission("600"))
    stream.write(bytearray(data))
    stream.close()


def arguments(words):
    own, extra = (words[: words.index("--")], words[words.index("--") + 1 :]) if "--" in words else (words, [])
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog="What follows -- goes to `logdrift fingerprint` as it is, such as --window hour.",
    )
    add = parser.add_argument
    add("inputs", nargs="+", metavar="INPUT", help="file, folder or pattern, of any storage that Spark reads")
    add("-o", "--output", required=True, metavar="FP", help="the file to write: a path on the driver, or a URL")
    add("--source", required=True, help="a name that `logdrift sources` lists, or a source file that ends in .toml, which is shipped")
    add("--key", required=True, metavar="FILE", help="key of the hashes, such as logdrift.db.key: a path on the driver, or a URL")
    add("--logdrift", required=True, metavar="FILE", help="the program, which is shipped; local:/PATH is on every node already")
    add(
        "--by",
        choices=["record", "split", "file"],
        default="record",
        help="what a part is: lines dealt out by record id, lines as they lie, or a whole file [default: record]",
    )
    add("--id", action="append", metavar="PATH", help=f"where lines have the record's id; several may be [default: {' '.join(IDS)}]")
    add("--part-mib", type=int, default=256, metavar="N", help="most MiB that Spark reads into one part [default: 256]")
    add("--parts", type=int, metavar="N", help="parts that lines are dealt out to [default: as many as are read]")
    add("--fan-in", type=int, default=16, metavar="N", help="fingerprints merged at a time [default: 16]")
    args = parser.parse_args(own)
    args.id, args.extra = args.id or IDS, extra
    if args.fan_in < 2 or args.part_mib < 1:
        parser.error("--fan-in must be 2 or more, --part-mib 1 or more")
    return args


def run(spark, args):
    """Does the job; the exit code, which is logdrift's own where there is nothing to write."""
    spark.conf.set("spark.sql.files.maxPartitionBytes", args.part_mib << 20)
    source = shipped(spark, args.source) if args.source.endswith(".toml") else args.source
    key, program = read_key(spark, args.key), shipped(spark, args.logdrift)
    logdrift = Logdrift(program, ("--source", source, *args.extra), key, args.fan_in)
    parts = (parts_by_file if args.by == "file" else parts_by_line)(spark, args, logdrift)
    fingerprint, said = next(iter(merged(parts, logdrift)), (None, set()))
    for words in sorted(said):
        print(words, file=sys.stderr)
    if not fingerprint:
        print("logdrift_spark: error: no record was recognised in any part; nothing was written", file=sys.stderr)
        return NOTHING
    write(spark, args.output, fingerprint)
    return 0


def main():
    args = arguments(sys.argv[1:])
    spark = SparkSession.builder.appName("logdrift fingerprint").getOrCreate()
    try:
        return run(spark, args)
    finally:
        spark.stop()


if __name__ == "__main__":
    sys.exit(main())
