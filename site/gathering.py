"""gunicorn's threads, but a request gets one only when it has come: half-sent ones cost a socket and no thread."""

import re
import socket
import struct
import time
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

# Bytes that are waited for; what a body has beyond is read by the thread.
HEAD, BODY = 64 * 1024, 128 * 1024
PATIENCE = 15  # seconds for them to come
_STALLED = struct.pack("ll", 10, 0)  # seconds without a byte, where a thread reads or writes


class Gathered:
    """What has come of a request so far."""

    def __init__(self, start: bytes) -> None:
        self.bytes, self.wanted = bytearray(), 0
        self.add(start)

    def add(self, piece: bytes) -> None:
        """Look for the end of the head in what is new, so that a byte at a time costs no more than all at once."""
        searched = max(len(self.bytes) - 3, 0)
        self.bytes += piece
        end = -1 if self.wanted else self.bytes.find(b"\r\n\r\n", searched)
        if end >= 0:
            length = re.search(rb"(?i)\ncontent-length:[ \t]*(\d+)", self.bytes[:end])
            self.wanted = end + 4 + (min(int(length[1][:9]), BODY) if length else 0)

    @property
    def whole(self) -> bool:
        return bool(self.wanted) and len(self.bytes) >= self.wanted


class GatheringWorker(ThreadWorker):
    def enqueue_req(self, conn: Any) -> None:
        """Where gunicorn would give the connection a thread: in the main loop, for new and for kept ones."""
        conn.init()
        conn.got = Gathered(conn.parser.unreader.take_buffered())
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            conn.sock.setsockopt(socket.SOL_SOCKET, option, _STALLED)
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + PATIENCE
        self.pending_conns.append(conn)  # closed by gunicorn when the time is over
        self.poller.register(conn.sock, EVENT_READ, partial(self.gather, conn))
        self.gather(conn)

    def gather(self, conn: Any, ready: Any = None) -> None:
        gone = False
        try:
            while not gone and not conn.got.whole:
                piece = conn.sock.recv(64 * 1024)
                conn.got.add(piece)
                gone = not piece or (not conn.got.wanted and len(conn.got.bytes) > HEAD)
        except BlockingIOError:
            return
        except OSError:
            gone = True
        self.leave(conn, close=gone)
        if not gone:
            conn.parser.unreader.unread(bytes(conn.got.bytes))
            conn.got = None
            super().enqueue_req(conn)

    def leave(self, conn: Any, close: bool) -> None:
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
        if close:
            self.nr_conns -= 1
            conn.close()

    def murder_pending(self) -> None:
        """Who stops finishes what has begun, and does not wait for who has said nothing for two seconds."""
        silent_since = time.monotonic() - 2 + PATIENCE
        for conn in [] if self.alive else list(self.pending_conns):
            if not conn.got.bytes and conn.timeout < silent_since:
                self.leave(conn, close=True)
        super().murder_pending()

    def handle(self, conn: Any) -> Any:
        """Ends the connection here: gunicorn would wait in the main loop for the other side to close it too."""
        kept = super().handle(conn)
        if not kept:
            util.close_graceful(conn.sock, timeout=0.2)
            # Gunicorn counts it out once more if this fails.
            conn.close = lambda graceful=False: None
        return kept

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """A body that the site did not read is not waited for."""
        return keepalive and bool(conn.parser.finish_body(deadline=time.monotonic() + 0.2))
