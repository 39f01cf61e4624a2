#!/usr/bin/env python3
"""Runs logdrift_spark.py on a standalone master with two workers on the loopback, one of which is killed while it counts.

    LOGDRIFT=target/release/logdrift python examples/spark/test_spark.py

Needs Linux, Java and pyspark (requirements.txt); takes about a minute.
"""

import gzip
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

HERE = Path(__file__).resolve().parent
LOGDRIFT = Path(os.environ.get("LOGDRIFT", HERE.parents[1] / "target/release/logdrift")).resolve()
BIN = Path(pyspark.__file__).parent / "bin"
SOURCE = ["--source", "entra-signin"]
DEADLINE = 120
PARTS = 8

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
            **os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(scratch), "TMPDIR": str(scratch),
            "SPARK_HOME": str(BIN.parent), "SPARK_NO_DAEMONIZE": "1", "PYSPARK_PYTHON": sys.executable,
        }
        self.processes = []

    def start(self, name, *command):
        folder = self.folder / name
        folder.mkdir()
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen(command, cwd=folder, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)
        return process

    def log(self, name):
        return (self.folder / name / "log").read_text(errors="replace")

    def __enter__(self):
        try:
            deploy, ports = "org.apache.spark.deploy", ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
            self.start("master", BIN / "spark-class", f"{deploy}.master.Master", *ports)
            found = wait_for("the start of the master", lambda: re.search(r"Starting Spark master at (\S+)", self.log("master")))
            self.master = found[1]
            for name in ["worker-1", "worker-2"]:
                work = ["--cores", "1", "--memory", "1g", "--work-dir", self.folder / name]
                self.start(name, BIN / "spark-class", f"{deploy}.worker.Worker", *ports, *work, self.master)
            wait_for("the start of the workers", lambda: self.log("master").count("Registering worker") == 2)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def submit(self, name, *arguments):
        local = ["spark.driver.host=127.0.0.1", "spark.driver.bindAddress=127.0.0.1", "spark.ui.enabled=false", "spark.executor.memory=512m"]
        conf = [word for setting in local for word in ("--conf", setting)]
        return self.start(name, BIN / "spark-submit", "--master", self.master, *conf, HERE / "logdrift_spark.py", *arguments)

    def kill(self, process):
        """Kills a process and those that it started, as if their machine had lost its power."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
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
    return subprocess.run([LOGDRIFT, *arguments], check=True, capture_output=True, text=True)


class OnACluster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        logdrift("demo", "--quiet", "--write", cls.folder / "demo")
        cls.days = sorted((cls.folder / "demo").glob("*.ndjson"))
        cls.lines = b"".join(day.read_bytes() for day in cls.days).splitlines(keepends=True)
        cls.key = cls.folder / "key"
        cls.key.write_text(os.urandom(32).hex())

    def one_pass(self, *inputs, key=None):
        output = self.folder / "one-pass.fp"
        logdrift("fingerprint", "--quiet", *SOURCE, "--key", key or self.key, "--output", output, *inputs)
        return output.read_bytes()

    def job(self, cluster, name, *arguments, program=LOGDRIFT):
        return cluster.submit(name, *SOURCE, "--key", self.key, "--logdrift", program, *arguments)

    def finish(self, cluster, name, job, code=0):
        self.assertEqual(job.wait(DEADLINE), code, cluster.log(name))

    def kill_a_worker(self, cluster, job):
        """Kills a worker that has finished one part and holds another."""
        wait_for("the second part of a worker", lambda: (cluster.folder / "worker-1/waits").exists() or job.poll() is not None)
        self.assertIsNone(job.poll(), "the job ended before a worker could be killed")
        cluster.kill(cluster.processes[1])
        (cluster.folder / "go").touch()

    def counts(self, cluster):
        return sum(1 for _ in cluster.folder.glob("worker-*/begun.*"))

    def held_program(self, cluster):
        program = cluster.folder / "held-logdrift"
        program.write_text(HELD.format(logdrift=LOGDRIFT, go=cluster.folder / "go"))
        program.chmod(0o755)
        return f"local:{program}"

    def assert_no_key_in(self, folder):
        key = self.key.read_bytes()
        files = [file for file in folder.rglob("*") if file.is_file() and key in file.read_bytes()]
        self.assertEqual(files, [], "the key stands in files of the cluster")

    def test_lines_dealt_out_by_record_survive_a_worker_and_give_the_bytes_of_one_pass(self):
        # Far from where they came first: some again, one with its id in other bytes; between them what is no record, or not UTF-8.
        again, first = self.lines[:40], self.lines[0]
        twin = first.replace(b'"operationName":"Sign-in activity"', b'"operationName":"Sign-in activity again"')
        self.assertNotEqual(twin, first)
        log = self.folder / "all.ndjson"
        log.write_bytes(b"".join([b"no,record\n", *self.lines, b"\xff\xfe\n", b"[1]\n", b'{"cut":\n', *again, twin, b"\n"]))
        with Cluster(self.folder / "by-record") as cluster:
            output = cluster.folder / "all.fp"
            arguments = ["--output", output, "--part-mib", "2", "--parts", str(PARTS), "--fan-in", "3", log]
            job = self.job(cluster, "job", *arguments, program=self.held_program(cluster))
            self.kill_a_worker(cluster, job)
            self.finish(cluster, "job", job)
            self.assertEqual(output.read_bytes(), self.one_pass(log))
            self.assertEqual(output.stat().st_mode & 0o777, 0o600)
            self.assertGreaterEqual(self.counts(cluster), PARTS + 2, "nothing was counted again: no part was lost")
        self.assert_no_key_in(cluster.folder)

    def test_files_survive_a_worker_and_give_the_bytes_of_one_pass(self):
        folder = self.folder / "files"
        folder.mkdir()
        for number, day in enumerate(self.days[:PARTS]):
            data = day.read_bytes()
            (folder / f"{day.name}.gz").write_bytes(gzip.compress(data)) if number % 2 else (folder / day.name).write_bytes(data)
        with Cluster(self.folder / "by-file") as cluster:
            output = cluster.folder / "all.fp"
            arguments = ["--by", "file", "--output", f"file://{output}", "--part-mib", "1", "--fan-in", "3", folder]
            job = self.job(cluster, "job", *arguments, program=self.held_program(cluster))
            self.kill_a_worker(cluster, job)
            self.finish(cluster, "job", job)
            self.assertEqual(output.read_bytes(), self.one_pass(folder))
            self.assertEqual(output.stat().st_mode & 0o777, 0o600)
            self.assertGreaterEqual(self.counts(cluster), PARTS + 2, "nothing was counted again: no part was lost")
        self.assert_no_key_in(cluster.folder)

    def test_a_shipped_program_counts_lines_as_they_lie_and_what_is_wrong_is_said(self):
        log, no_log, twice, damaged = (self.folder / name for name in ["log.ndjson", "none.ndjson", "twice.ndjson", "cut.ndjson.gz"])
        log.write_bytes(b"".join(self.lines))
        no_log.write_bytes(b"{}\n" * 10)
        twice.write_bytes(b"".join(self.lines[:400] * 2))
        damaged.write_bytes(gzip.compress(log.read_bytes())[:-1000])
        with Cluster(self.folder / "by-split") as cluster:
            output = cluster.folder / "out.fp"

            def run(name, code, *arguments):
                self.finish(cluster, name, self.job(cluster, name, "--output", output, *arguments), code)
                return cluster.log(name)

            run("as-they-lie", 0, "--by", "split", "--part-mib", "4", log)
            self.assertEqual(output.read_bytes(), self.one_pass(log))
            self.assertIn("10 of 10 pieces of input were refused", run("beside", 0, "--by", "file", log, no_log))
            self.assertEqual(output.read_bytes(), self.one_pass(log))
            self.assertIn("hold the same records", run("twice", 0, "--by", "split", "--part-mib", "1", twice))
            output.unlink()
            self.assertIn("no record was recognised", run("nothing", 3, no_log))
            self.assertIn("logdrift fingerprint ended with exit code 2", run("damaged", 1, "--by", "file", damaged))
            self.assertFalse(output.exists())
        self.assert_no_key_in(cluster.folder)


if __name__ == "__main__":
    unittest.main(verbosity=2)
