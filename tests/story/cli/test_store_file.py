"""The store of trustctl in a file: many processes, kills at any moment, folders that cannot be written.

What was answered with status 0 is there; whatever happens, the file is that of before or of after."""

import os
import random
import resource
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "attacks"))
import world  # noqa: E402
from world import DEVICE, NOW  # noqa: E402

PROCESSES = 20
COMMITS = 20
KILLS = 30


class Case(world.Attack):
    def lines(self, text):
        return ["observe", "--device", DEVICE, "--store", self.store(), "--at", str(NOW), text]

    def series(self, count, name="series.csv"):
        rows = "".join("%d,%d\n" % (NOW - count + i, 1000 + i % 37) for i in range(count))
        return self.write(name, "timestamp,a\n" + rows)

    def start(self, *arguments, **more):
        return subprocess.Popen([world.TRUSTCTL, *arguments], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, **more)

    def ends(self, process, status, what=b""):
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, status, err)
        if status != 0:
            self.assertEqual(err.count(b"\n"), 1, err)
        self.assertIn(what, err)


class Many(Case):
    def test_no_update_is_lost(self):
        """Every process assesses COMMITS times; the device must have counted all of them."""
        self.enroll()
        script = 'for i in $(seq %d); do "$@" >/dev/null || exit 1; done' % COMMITS
        command = [world.TRUSTCTL, "assess", "--policy", self.policy, "--device", DEVICE, "--store",
                   self.store(), "--at", str(NOW)]
        running = [subprocess.Popen(["sh", "-c", script, "sh", *command], stderr=subprocess.PIPE)
                   for _ in range(PROCESSES)]
        for process in running:
            self.ends(process, 0)
        self.assertEqual(self.show()["decisions"], PROCESSES * COMMITS)

    def test_every_device_stays(self):
        self.enroll()
        names = ["d%d" % i for i in range(PROCESSES)]
        running = [self.start("device", "enroll", name, "--store", self.store()) for name in names]
        for process in running:
            self.ends(process, 0)
        for name in names:
            self.show(device=name)

    def test_readers_see_whole_files(self):
        self.enroll()
        script = 'for i in $(seq %d); do "$@" >/dev/null || exit 1; done' % COMMITS
        writer = subprocess.Popen(["sh", "-c", script, "sh", world.TRUSTCTL,
                                   *self.lines(self.series(2000))], stderr=subprocess.PIPE)
        while writer.poll() is None:
            self.show()
        self.ends(writer, 0)


class Killed(Case):
    def test_at_any_moment(self):
        self.enroll()
        series = self.series(3000)
        began = time.monotonic()
        self.ok(*self.lines(series))
        whole = time.monotonic() - began
        chance = random.Random(2)
        for n in range(KILLS):
            before = world.read_store(self.read("store"))
            enrol = ["device", "enroll", "d%d" % n, "--store", self.store()]
            process = self.start(*(enrol if n % 3 == 0 else self.lines(series)))
            time.sleep(chance.random() * whole * 1.2)
            process.kill()
            process.communicate()
            after = world.read_store(self.read("store"))
            self.assertLessEqual(set(before), set(after))
            self.show()
        self.ok(*self.lines(series))

    def test_what_a_killed_process_left(self):
        self.enroll()
        self.write("store.new", b"half of a file")
        self.write("store.lock", b"")
        self.ok("device", "enroll", "d2", "--store", self.store())
        self.assertEqual(sorted(n for n in os.listdir(self.folder) if n.startswith("store")),
                         ["store", "store.lock"])
        os.symlink(self.policy, self.path("store.new"))
        before = self.read("policy.json")
        self.ok("device", "enroll", "d3", "--store", self.store())
        self.assertEqual(self.read("policy.json"), before)


class Refused(Case):
    def unchanged(self, status, what, *arguments, **more):
        before = self.read("store")
        self.ends(self.start(*arguments, **more), status, what)
        self.assertEqual(self.read("store"), before)

    def test_damage(self):
        self.enroll()
        good = self.read("store")
        for bad in (b"", good[:-1], good[:20], b"x" + good[1:], good + b"\0", b"\0" * 100):
            self.write("store", bad)
            for arguments in (["device", "show", DEVICE], ["device", "enroll", "e"]):
                self.unchanged(3, b"not a store, or damaged", *arguments, "--store", self.store())
        self.write("store", good)
        self.show()

    def test_what_is_no_file(self):
        os.mkdir(self.path("store"))
        for arguments in (["device", "show", DEVICE], ["device", "enroll", "e"]):
            self.refused(*arguments, "--store", self.store(), status=4)

    def test_mode_and_link_stay(self):
        self.enroll()
        os.chmod(self.path("store"), 0o640)
        os.mkdir(self.path("there"))
        shutil.move(self.path("store"), self.path("there/real"))
        os.symlink("there/real", self.path("store"))
        self.ok("device", "enroll", "d2", "--store", self.store())
        self.assertTrue(os.path.islink(self.path("store")))
        self.assertEqual(os.stat(self.path("there/real")).st_mode & 0o777, 0o640)
        self.show(device="d2")

    def test_a_folder_that_cannot_be_written(self):
        def drop():
            if os.getuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
        self.enroll()
        os.chmod(self.path("store"), 0o644)
        os.chmod(self.folder, 0o555)
        self.addCleanup(os.chmod, self.folder, 0o755)
        try:
            self.start("--version", preexec_fn=drop).communicate()
        except PermissionError:
            self.skipTest("nobody may run trustctl from where it was built")
        run = ["--store", self.store()]
        self.unchanged(4, b"Permission denied", "device", "enroll", "e", *run, preexec_fn=drop)
        self.unchanged(4, b"Permission denied", "device", "challenge", DEVICE, *run, preexec_fn=drop)
        # Reading needs no permission to write.
        self.unchanged(0, b"", "device", "show", DEVICE, *run, preexec_fn=drop)
        self.unchanged(0, b"", "assess", "--policy", self.policy, "--device", DEVICE, "--preview",
                       *run, preexec_fn=drop)

    def test_a_file_that_may_not_grow(self):
        """As on a full disk: writing stops in the middle of the new file."""
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
            import signal
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        self.enroll()
        self.unchanged(4, b"store: File too large", "device", "enroll", "e", "--store", self.store(),
                       preexec_fn=limit)
        self.assertFalse(os.path.exists(self.path("store.new")))
        self.ok("device", "enroll", "e", "--store", self.store())

    def test_a_full_disk(self):
        disk = self.path("disk")
        os.mkdir(disk)
        if subprocess.call(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk],
                           stderr=subprocess.DEVNULL) != 0:
            self.skipTest("mounting is not allowed here")
        self.addCleanup(subprocess.call, ["umount", disk])
        store = "file:" + os.path.join(disk, "store")
        self.ok("device", "enroll", "d", "--store", store)
        filler = os.open(os.path.join(disk, "filler"), os.O_WRONLY | os.O_CREAT)
        try:
            while True:
                os.write(filler, b"x" * 1024)
        except OSError:
            os.close(filler)
        before = self.read("disk/store")
        self.assertIn(b"No space left", self.refused("device", "enroll", "e", "--store", store,
                                                     status=4).err)
        self.assertEqual(self.read("disk/store"), before)
        self.assertFalse(os.path.exists(os.path.join(disk, "store.new")))
        os.remove(os.path.join(disk, "filler"))
        self.ok("device", "enroll", "e", "--store", store)


if __name__ == "__main__":
    world.main()
