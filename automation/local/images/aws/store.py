"""
Keeps the state of a backend of moto in a directory, so that it outlives the container.

moto holds everything in memory. Here an object of S3 is a file of its own, and the rest of the state (names, metadata, messages) is
one more file, written anew within a second of a change and when the server stops.
"""

import io
import os
import pickle
import threading
import uuid
from pathlib import Path

SECONDS = 0.5


class StoredFile:
    """In place of the temporary file that moto keeps the bytes of an object in. No file stays open: there may be many objects."""

    directory: Path
    closed: list[Path] = []

    def __init__(self, *_args, path=None, **_settings):
        self.path = path or self.directory / uuid.uuid4().hex
        self.at = 0
        if path is None:
            self.path.touch()

    def seek(self, offset, whence=os.SEEK_SET):
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.at, os.SEEK_END: self.path.stat().st_size}[whence]
        self.at = start + offset
        return self.at

    def tell(self):
        return self.at

    def truncate(self, size=None):
        os.truncate(self.path, self.at if size is None else size)

    def write(self, data):
        with open(self.path, "r+b") as file:
            file.seek(self.at)
            written = file.write(data)
        self.at += written
        return written

    def read(self, size=-1):
        with open(self.path, "rb") as file:
            file.seek(self.at)
            data = file.read(size)
        self.at += len(data)
        return data

    def close(self):
        # The state on disk may still name it: it goes once the next state is written.
        StoredFile.closed.append(self.path)


def keep_objects_in(directory: Path):
    """Has moto keep objects in files of `directory`. To be called before there is any object."""
    from moto.s3 import models

    directory.mkdir(parents=True, exist_ok=True)
    StoredFile.directory = directory

    class Tempfile:
        SpooledTemporaryFile = StoredFile

    models.tempfile = Tempfile
    copied, restored = models.FakeKey.__getstate__, models.FakeKey.__setstate__

    def getstate(key):
        if not Pickler.writing.is_set():
            return copied(key)
        state = {name: value for name, value in vars(key).items() if name not in ("_value_buffer", "lock")}
        return {**state, "stored_at": key._value_buffer.path.name}

    def setstate(key, state):
        name = state.pop("stored_at", None)
        if name is None:
            return restored(key, state)
        vars(key).update(state)
        key._value_buffer = StoredFile(path=StoredFile.directory / name)
        key.lock = threading.Lock()

    models.FakeKey.__getstate__, models.FakeKey.__setstate__ = getstate, setstate


class Pickler(pickle.Pickler):
    """Locks have no state that is worth keeping."""

    writing = threading.Event()
    LOCKS = {type(threading.Lock()): threading.Lock, type(threading.RLock()): threading.RLock}

    def reducer_override(self, value):
        if type(value) in self.LOCKS:
            return self.LOCKS[type(value)], ()
        if type(value) is threading.Condition:
            return threading.Condition, ()
        return NotImplemented


class Store:
    """The state of one backend: what `read` gives is written, and what was written is read."""

    def __init__(self, directory: Path, state: dict):
        self.file = directory / "state"
        self.state = state
        self.changed = threading.Event()
        # Held by a request while it changes anything, and by whoever writes the state.
        self.lock = threading.RLock()

    def load(self):
        if self.file.exists():
            try:
                self.state.update(pickle.loads(self.file.read_bytes()))
            except Exception as error:
                raise SystemExit(
                    f"what {self.file} holds cannot be read ({error!r}): "
                    "`npx identity local down --volumes` deletes it, with all other data of the stack"
                ) from None
        threading.Thread(target=self.write_changes, daemon=True).start()

    def write_changes(self):
        while True:
            self.changed.wait()
            threading.Event().wait(SECONDS)
            self.write()

    def pickled(self):
        Pickler.writing.set()
        try:
            while True:
                try:
                    Pickler(whole := io.BytesIO()).dump(self.state)
                    return whole.getvalue()
                except RuntimeError:  # a message was received meanwhile, which takes no lock
                    continue
        finally:
            Pickler.writing.clear()

    def write(self):
        with self.lock:
            self.changed.clear()
            gone = StoredFile.closed[:]
            new = self.file.with_suffix(".new")
            new.write_bytes(self.pickled())
            new.replace(self.file)
            del StoredFile.closed[: len(gone)]
        for path in gone:
            path.unlink(missing_ok=True)
