#!/usr/bin/env python3
"""Runs logdrift_spark.py on a standalone master with two workers on the loopback, one of which is killed while it counts.

    LOGDRIFT=target/release/logdrift python examples/spark/test_spark.py

Needs Linux, Java and pyspark (requirements.txt); takes about a minute.
"""

import contextlib
import gzip
import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import pyspark
from pyspark.sql import SparkSession

sys.dont_write_bytecode = True
import logdrift_spark

HERE = Path(__file__).resolve().parent
LOGDRIFT = Path(os.environ.get("LOGDRIFT", HERE.parents[1] / "target/release/logdrift")).resolve()
BIN = Path(pyspark.__file__).parent / "bin"
SOURCE = ["--source", "entra-signin"]
PARTS = 8
DEADLINE = 120
QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
ENV = {
    "SPARK_LOCAL_IP": "127.0.0.1",
    "PYSPARK_PYTHON": sys.executable,
    "PYTHONDONTWRITEBYTECODE": "1",
    # Most of the time goes into starting Java.
    "JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}

# Marks in the worker's folder where a count begins. All but a worker's first wait until the test says go, so that it finds the job
# at work: what a worker waits with shows that it has finished one part.
HELD = """#!/bin/sh
[ "$1" = fingerprint ] || exec {logdrift} "$@"
worker=$(dirname "$(dirname "$PWD")")
mktemp "$worker/begun.XXXXXX" > /dev/null
if ! mkdir "$worker/first" 2> /dev/null; then
    touch "$worker/waits"
    until [ -e {go} ]; do sleep 0.05; done
fi
exec {logdrift} "$@"
"""


def wait_for(what, happened):
    deadline = time.monotonic() + DEADLINE
    while not (outcome := happened()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {DEADLINE} s")
        time.sleep(0.05)
    return outcome


class Cluster:
    """A master and two workers of one core each, their files in a folder, each in a process group of its own."""

    def __init__(self, folder):
        self.folder = folder
        scratch = folder / "scratch"
        scratch.mkdir(parents=True)
        self.env = {
            **os.environ, **ENV, "SPARK_HOME": str(BIN.parent), "SPARK_LOCAL_DIRS": str(scratch), "TMPDIR": str(scratch),
        }
        self.processes = []

    def start(self, name, *command):
        folder = self.folder / name
        folder.mkdir()
        with open(folder / "log", "wb") as log:
            ways = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
            process = subprocess.Popen(command, cwd=folder, env=self.env, start_new_session=True, **ways)
        self.processes.append(process)
        return process

    def told(self, name, words):
        """Waits for words in the log of a process."""
        def found():
            ended = [process.args for process in self.processes if process.poll() is not None]
            if ended:
                raise ChildProcessError(f"ended before {name} had started: {ended}")
            return re.search(words, (self.folder / name / "log").read_text(errors="replace"))

        return wait_for(f"the start of {name}", found)

    def __enter__(self):
        try:
            deploy, ports = "org.apache.spark.deploy", ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
            self.start("master", BIN / "spark-class", f"{deploy}.master.Master", *ports)
            self.master = self.told("master", r"Starting Spark master at (\S+)")[1]
            for name in ["worker-1", "worker-2"]:
                work = ["--cores", "1", "--memory", "1g", "--work-dir", self.folder / name]
                self.start(name, BIN / "spark-class", f"{deploy}.worker.Worker", *ports, *work, self.master)
            for name in ["worker-1", "worker-2"]:
                self.told(name, "Successfully registered with master")
        except BaseException as error:
            self.__exit__(error)
            raise
        return self

    def __exit__(self, error, *_):
        self.stop()
        for log in sorted(self.folder.glob("*/log")) if error else []:
            print(f"== {log.parent.name}", *log.read_text(errors="replace").splitlines()[-60:], sep="\n", file=sys.stderr)

    def submit(self, *arguments):
        settings = {**QUIET, "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.executor.memory": "512m"}
        conf = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
        return self.start("job", BIN / "spark-submit", "--master", self.master, *conf, HERE / "logdrift_spark.py", *arguments)

    def kill(self, process):
        """Kills a process that has not ended and those that it started, as if their machine had lost its power."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop(self):
        for process in reversed(self.processes):
            self.kill(process)
        wait_for("the end of all processes", lambda: not self.left())

    def left(self):
        """Processes that work in the folder of this cluster."""
        def works_here(process):
            try:
                return Path(os.readlink(process / "cwd")).is_relative_to(self.folder)
            except OSError:
                return False

        return [process.name for process in Path("/proc").iterdir() if process.name.isdigit() and works_here(process)]


def logdrift(*arguments):
    subprocess.run([LOGDRIFT, *arguments, "--quiet"], check=True, stdout=subprocess.DEVNULL)


def one_pass(folder, key, *arguments):
    """The fingerprint that a single process makes."""
    logdrift("fingerprint", *SOURCE, "--key", key, "--output", folder / "one-pass.fp", *arguments)
    return (folder / "one-pass.fp").read_bytes()


class WithLogs(unittest.TestCase):
    """A folder with logs of some days and a key."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder, cls.key = Path(folder.name), Path(folder.name) / "key"
        logdrift("demo", "--write", cls.folder / "demo")
        cls.key.write_text(os.urandom(32).hex())
        cls.days = sorted((cls.folder / "demo").glob("*.ndjson"))


class OnACluster(WithLogs):
    def count_while_a_worker_dies(self, cluster, program, *arguments):
        """Runs the job, and kills a worker that has finished one part and holds another."""
        job = cluster.submit(*SOURCE, "--key", self.key, "--logdrift", program, "--fan-in", "3", *arguments)
        wait_for("the second part of a worker", lambda: (cluster.folder / "worker-1/waits").exists() or job.poll() is not None)
        self.assertIsNone(job.poll(), "the job ended before a worker could be killed")
        cluster.kill(cluster.processes[1])
        (cluster.folder / "go").touch()
        self.assertEqual(job.wait(DEADLINE), 0, "the job failed")
        begun = sum(1 for _ in cluster.folder.glob("worker-*/begun.*"))
        self.assertGreaterEqual(begun, PARTS + 2, "nothing was counted again: no part was lost")

    def held_program(self, cluster):
        program = cluster.folder / "held-logdrift"
        program.write_text(HELD.format(logdrift=LOGDRIFT, go=cluster.folder / "go"))
        program.chmod(0o755)
        return program

    def assert_no_key_in(self, folder):
        key = self.key.read_bytes()
        files = [file for file in folder.rglob("*") if file.is_file() and key in file.read_bytes()]
        self.assertEqual(files, [], "the key stands in files of the cluster")

    def test_lines_dealt_out_by_record_survive_a_worker_and_give_the_bytes_of_one_pass(self):
        # Far from where they came first: some again, one with its id in other bytes; between them what is no record, or not UTF-8.
        lines = b"".join(day.read_bytes() for day in self.days).splitlines(keepends=True)
        again, first = lines[:40], lines[0]
        twin = first.replace(b'"operationName":"Sign-in activity"', b'"operationName":"Sign-in activity again"')
        self.assertNotEqual(twin, first)
        log = self.folder / "all.ndjson"
        log.write_bytes(b"".join([b"no,record\n", *lines, b"\xff\xfe\n", b"[1]\n", b'{"cut":\n', *again, twin, b"\n"]))
        with Cluster(self.folder / "by-record") as cluster:
            output = cluster.folder / "all.fp"
            program = f"local:{self.held_program(cluster)}"
            self.count_while_a_worker_dies(cluster, program, "--output", output, "--part-mib", "2", "--parts", str(PARTS), log)
            self.assertEqual(output.read_bytes(), one_pass(self.folder, self.key, log))
            self.assertEqual(output.stat().st_mode & 0o777, 0o600)
        self.assert_no_key_in(cluster.folder)

    def test_files_survive_a_worker_and_give_the_bytes_of_one_pass(self):
        folder = self.folder / "files"
        folder.mkdir()
        for number, day in enumerate(self.days[:PARTS]):
            data = day.read_bytes()
            (folder / f"{day.name}.gz").write_bytes(gzip.compress(data)) if number % 2 else (folder / day.name).write_bytes(data)
        with Cluster(self.folder / "by-file") as cluster:
            output = cluster.folder / "all.fp"
            program = self.held_program(cluster)
            self.count_while_a_worker_dies(cluster, program, "--output", f"file://{output}", "--by", "file", "--part-mib", "1", folder)
            self.assertEqual(output.read_bytes(), one_pass(self.folder, self.key, folder))
            self.assertEqual(output.stat().st_mode & 0o777, 0o600)
        self.assert_no_key_in(cluster.folder)


class InOneProcess(WithLogs):
    """What needs no cluster: one driver for all of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        os.environ.update(ENV, PYTHONPATH=str(HERE))
        cls.spark = SparkSession.builder.master("local[2]").config(map=QUIET).getOrCreate()
        cls.spark.sparkContext.setLogLevel("OFF")
        cls.addClassCleanup(cls.spark.stop)
        cls.log = cls.folder / "all.ndjson"
        cls.log.write_bytes(b"".join(day.read_bytes() for day in cls.days))
        cls.output = cls.folder / "all.fp"

    def run_job(self, *arguments):
        """Exit code, and what was said."""
        words = [*SOURCE, "--key", self.key, "--logdrift", LOGDRIFT, "--output", self.output, *arguments]
        with contextlib.redirect_stderr(io.StringIO()) as said:
            code = logdrift_spark.run(self.spark, logdrift_spark.arguments([str(word) for word in words]))
        return code, said.getvalue()

    def test_lines_as_they_lie_give_the_bytes_of_one_pass_where_none_comes_twice(self):
        code, said = self.run_job("--by", "split", "--part-mib", "4", self.log, "--", "--window", "hour")
        self.assertEqual(code, 0)
        self.assertNotIn("hold the same records", said)
        self.assertEqual(self.output.read_bytes(), one_pass(self.folder, self.key, self.log, "--window", "hour"))

    def test_records_in_several_parts_are_told(self):
        twice = self.folder / "twice.ndjson"
        twice.write_bytes(self.days[0].read_bytes() * 2)
        code, said = self.run_job("--by", "split", "--part-mib", "1", twice)
        self.assertEqual(code, 0)
        self.assertIn("hold the same records", said)

    def test_a_part_without_a_record_is_told_and_changes_nothing(self):
        none = self.folder / "none.ndjson"
        none.write_bytes(b"{}\n" * 10)
        code, said = self.run_job("--by", "file", self.log, none)
        self.assertEqual(code, 0)
        self.assertIn("10 of 10 pieces of input were refused", said)
        self.assertEqual(self.output.read_bytes(), one_pass(self.folder, self.key, self.log))

    def test_nothing_is_written_where_no_record_was_recognised_or_a_part_failed(self):
        self.output.unlink(missing_ok=True)
        empty, damaged = self.folder / "empty.ndjson", self.folder / "cut.ndjson.gz"
        empty.write_bytes(b"")
        code, said = self.run_job(empty)
        self.assertEqual(code, 3)
        self.assertIn("no record was recognised", said)
        damaged.write_bytes(gzip.compress(self.log.read_bytes())[:-1000])
        with self.assertRaisesRegex(Exception, "logdrift fingerprint ended with exit code 2: logdrift: error: .*damaged"):
            self.run_job("--by", "file", damaged)
        with self.assertRaisesRegex(SystemExit, "is no key"):
            self.run_job("--key", self.log, self.log)
        self.assertFalse(self.output.exists())


class Lines(unittest.TestCase):
    def test_a_part_begins_with_a_whole_object_and_loses_no_line(self):
        def lines(*rows):
            return b"".join(logdrift_spark.json_lines((bytearray(row),) for row in rows))

        self.assertEqual(lines(b"a,b", b"[", b'{"a":', b"\xff\xfe", b'{"a":1}', b"c", b"{}"), b'{"a":1}\na,b\n[\n{"a":\n\xff\xfe\nc\n{}\n')
        self.assertEqual(lines(b"[1]", b"1"), b"[1]\n1\n")
        self.assertEqual(lines(), b"")


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
