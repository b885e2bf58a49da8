# Not built by this project's checks: no container engine runs there. Its steps are run, as they
# stand, by tests/installed/test_container.py.
FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --wheel-dir /wheels ".[redis]"

FROM python:3.13-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels "token-mockserver[redis]"
RUN useradd --system --uid 10001 --home-dir /data --create-home mock
USER mock
# token-mockserver.toml is read from here, and here is a place for an SQLite file.
WORKDIR /data
VOLUME /data
ENV PYTHONUNBUFFERED=1 TOKEN_MOCKSERVER_HOST=0.0.0.0 TOKEN_MOCKSERVER_PORT=7401 \
    TOKEN_MOCKSERVER_URL=http://127.0.0.1:7401
EXPOSE 7401
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --start-interval=1s \
    CMD ["token-mockserver", "health"]
ENTRYPOINT ["token-mockserver"]
CMD ["serve"]
