"""`gunicorn -c gunicorn.conf.py`, by exec as PID 1; sizes come from the environment."""

import os
import sys
from pathlib import Path

chdir = str(Path(__file__).resolve().parent)
sys.path.insert(0, chdir)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# PostgreSQL ends what would keep a thread of the web: who waited for a lock reads "Try again". Commands have no limit.
os.environ.setdefault("PGOPTIONS", "-c lock_timeout=5s -c statement_timeout=30s")

from config.apps import stop_if_misconfigured  # noqa: E402
from django.conf import settings  # noqa: E402

stop_if_misconfigured()

wsgi_app = "config.wsgi:application"
# All addresses, because in a container they are its own.
bind = f"{'127.0.0.1' if settings.LOCAL else '0.0.0.0'}:{settings.PORT}"  # nosec B104
workers = settings.WEB_CONCURRENCY
threads = settings.WEB_THREADS
# Half-sent requests keep no thread; how many of them a process bears.
worker_class = "gathering.GatheringWorker"
worker_connections = 400
# Loaded once, before the fork: less memory, and one place where an import error is told. No
# connection is open yet.
preload_app = True
# A heartbeat file on a disk that stalls would get the worker killed.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # nosec B108
control_socket_disable = True
timeout = 60
# After SIGTERM: what runs may finish within this time. Orchestrators usually wait 30 seconds
# before SIGKILL.
graceful_timeout = 25
keepalive = 5
# What a proxy says of a request (its scheme, who sent it) is believed by TRUSTED_PROXIES, in Django, and nowhere else.
forwarded_allow_ips = ""
logconfig_dict = settings.LOGGING
