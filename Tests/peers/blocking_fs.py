"""Mounts a file system with one file, `value`, whose reads hang in the kernel until told otherwise.

Usage: blocking_fs.py MOUNTPOINT
It prints "mounted" when it serves, "reading" at each read that arrives, and takes the lines "release" (reads answer
"42") and "block" (they hang again) on standard input; it starts blocked and ends when standard input ends.
"""

import errno
import os
import stat
import sys
import threading

import mfusepy

CONTENT = b"42\n"


class BlockingFileSystem(mfusepy.Operations):
    use_ns = True

    def __init__(self):
        self.released = threading.Event()

    def init(self, path):
        threading.Thread(target=self.take_orders, daemon=True).start()
        say("mounted")

    def take_orders(self):
        for line in sys.stdin:
            if line.strip() == "release":
                self.released.set()
            elif line.strip() == "block":
                self.released.clear()
        # Reads that still hang would keep the mount busy.
        self.released.set()
        os._exit(0)

    def getattr(self, path, fh=None):
        if path == "/":
            return {"st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2}
        if path == "/value":
            return {"st_mode": stat.S_IFREG | 0o444, "st_nlink": 1, "st_size": len(CONTENT)}
        raise mfusepy.FuseOSError(errno.ENOENT)

    def readdir(self, path, fh):
        return [".", "..", "value"]

    def read(self, path, size, offset, fh):
        say("reading")
        self.released.wait()
        return CONTENT[offset : offset + size]


def say(line):
    print(line, flush=True)


if __name__ == "__main__":
    # direct_io: the page cache would answer the second read by itself.
    mfusepy.FUSE(BlockingFileSystem(), sys.argv[1], foreground=True, direct_io=True)
