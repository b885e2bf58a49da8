"""State in Redis: several hosts share it. Needs the extra `redis`."""

from mockserver.storage.redis_backend import RedisBackend

__all__ = ["RedisBackend"]
