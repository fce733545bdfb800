"""Makes rpm databases of many packages in each format: rpm_databases.py FOLDER PACKAGES

FOLDER/sqlite/usr/lib/sysimage/rpm/rpmdb.sqlite, FOLDER/ndb/usr/lib/sysimage/rpm/Packages.db and
FOLDER/bdb/var/lib/rpm/Packages hold the same headers: of 2 to 60 KiB, as file lists make them, with the installation time
behind all else, where rpm puts it. The formats are described in agent/reader/src/format/rpm.
"""

import os
import random
import sqlite3
import struct
import sys
import zlib

folder, count = sys.argv[1], int(sys.argv[2])
random.seed(1)


def header(number):
    store, index = b"", []

    def text(tag, value):
        nonlocal store
        index.append((tag, 6, len(store), 1))
        store += value.encode() + b"\0"

    text(1000, f"package-{number}")
    text(1001, f"{number % 40}.{number % 7}")
    text(1002, "1.fc41")
    text(1011, "Example Project")
    text(1022, "x86_64")
    names = [f"file-{n:08}" for n in range(random.randrange(2, 60) * 1024 // 14)]
    index.append((1117, 8, len(store), len(names)))
    store += b"".join(name.encode() + b"\0" for name in names)
    store += b"\0" * (-len(store) % 4)
    index.append((1008, 4, len(store), 1))
    store += struct.pack(">I", 1_700_000_000 + number)
    entries = b"".join(struct.pack(">IIII", *entry) for entry in sorted(index))
    return struct.pack(">II", len(index), len(store)) + entries + store


headers = [header(number) for number in range(1, count + 1)]


def place(path):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


with sqlite3.connect(place("sqlite/usr/lib/sysimage/rpm/rpmdb.sqlite")) as database:
    database.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    database.executemany("INSERT INTO Packages(blob) VALUES (?)", ((blob,) for blob in headers))

with open(place("ndb/usr/lib/sysimage/rpm/Packages.db"), "wb") as file:
    pages = (2 + count + 255) // 256
    slots, block = b"", pages * 256
    for number, blob in enumerate(headers, 1):
        blocks = (16 + len(blob) + 12 + 15) // 16
        slots += b"Slot" + struct.pack("<III", number, block, blocks)
        block += blocks
    slots += (b"Slot" + b"\0" * 12) * (pages * 256 - 2 - count)
    file.write(b"RpmP" + struct.pack("<IIII", 0, 1, pages, count + 1) + b"\0" * 12 + slots)
    for number, blob in enumerate(headers, 1):
        start = b"BlbS" + struct.pack("<III", number, 1, len(blob)) + blob
        start += b"\0" * (-(len(start) + 12) % 16)
        file.write(start + struct.pack("<II", zlib.adler32(start), len(blob)) + b"BlbE")

with open(place("bdb/var/lib/rpm/Packages"), "wb") as file:
    size = 4096
    data, chain = [], []  # pages behind the first, and the entries of the one bucket
    per_page = (size - 26) // (2 * 2 + 5 + 12)
    first = 1 + (count + per_page - 1) // per_page

    def page(number, following, entries, offset, kind, content):
        head = struct.pack("<8xIIIHHBB", number, 0, following, entries, offset, 0, kind)
        return head + content

    for number, blob in enumerate(headers, 1):
        room = size - 26
        chain.append((number, first + len(data), len(blob)))
        parts = [blob[at : at + room] for at in range(0, len(blob), room)]
        for left, part in zip(range(len(parts) - 1, -1, -1), parts):
            own = first + len(data)
            following = own + 1 if left else 0
            data.append(page(own, following, 1, len(part), 7, part.ljust(room, b"\0")))
    buckets = []
    for at in range(0, count, per_page):
        here, places, content = chain[at : at + per_page], [], b""
        for number, overflow, length in here:
            for entry in (b"\1" + struct.pack("<I", number), b"\3\0\0\0" + struct.pack("<II", overflow, length)):
                content = entry + content
                places.append(size - len(content))
        own = 1 + len(buckets)
        following = own + 1 if at + per_page < count else 0
        table = b"".join(struct.pack("<H", place) for place in places)
        body = table.ljust(size - 26 - len(content), b"\0") + content
        buckets.append(page(own, following, len(places), size - len(content), 13, body))
    meta = bytearray(size)
    struct.pack_into("<III", meta, 12, 0x61561, 9, size)
    meta[25] = 8
    struct.pack_into("<I", meta, 32, len(buckets) + len(data))
    struct.pack_into("<I", meta, 96, 1)
    file.write(bytes(meta) + b"".join(buckets) + b"".join(data))
