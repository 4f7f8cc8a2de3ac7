# One image a service: docker build --build-arg SERVICE=ingest -t diglot-ingest .
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ARG SERVICE
WORKDIR /app
RUN python -m venv /opt/venv
COPY locks/${SERVICE}.txt /tmp/lock.txt
# Wheels only: nothing is compiled, so the image needs no build tools and a package runs no code here.
RUN --mount=type=cache,target=/root/.cache/pip \
    /opt/venv/bin/pip install --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r /tmp/lock.txt
COPY services/__init__.py services/
COPY services/${SERVICE} services/${SERVICE}
COPY shared shared
# The running container can't write bytecode: its file system is read-only.
RUN /opt/venv/bin/python -m compileall -q services shared

FROM ${PYTHON_IMAGE}
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin diglot
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DIGLOT_HOST=0.0.0.0
USER 10001:10001
# HEALTH_PORT is the port of the process that the container runs: the publish image has two.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['HEALTH_PORT'] + '/readyz', timeout=2)"]
# The module to run is the container's command, such as services.ingest.main.
ENTRYPOINT ["python", "-m"]
