"""State in Redis: several hosts share it. Needs the extra `redis`."""

from mockserver.stores.redis.stores import RedisStores

__all__ = ["RedisStores"]
