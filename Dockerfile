# One task: `finops run --profile aws`. What it needs in an account is in docs/running-on-aws.md.
#
# The digest names the tag's image for every platform, as public records had it; the tag is there to be read. A newer one:
# docker buildx imagetools inspect python:3.11-slim-bookworm
ARG PYTHON_IMAGE=python:3.11.16-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b

FROM ${PYTHON_IMAGE} AS build

WORKDIR /build
# Every package by its hash, none made from source; only what runs comes along, no tool of ours.
COPY requirements-build.lock requirements-runtime.lock ./
RUN python -m pip install --quiet --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
        --only-binary=:all: --require-hashes --requirement requirements-build.lock \
    && python -m venv --without-pip /opt/finops \
    && uv pip sync --quiet --python /opt/finops/bin/python --no-cache --no-build --require-hashes --compile-bytecode \
        requirements-runtime.lock

COPY pyproject.toml README.md LICENSE finops.py ./
COPY dashboards dashboards
COPY dbt_project dbt_project
COPY ingestion ingestion
COPY lake lake
COPY lambdas lambdas
COPY quality quality
# Compiled here: where it runs, nothing may be written beside the code.
RUN python -m hatchling build --target wheel --directory /dist \
    && uv pip install --quiet --python /opt/finops/bin/python --no-cache --no-deps --offline --compile-bytecode /dist/*.whl \
    && install --directory --owner=65532 --group=65532 --mode=0700 /volumes/work


FROM ${PYTHON_IMAGE}

ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="finops" \
      org.opencontainers.image.description="AWS cost marts proved to the cent, and actions that run only on proved numbers." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

COPY --from=build /opt/finops /opt/finops
COPY --from=build /volumes/work /work

# All that is written goes to /work: dbt's files, copies of what lies in S3, what an engine spills. It may be lost.
ENV PATH=/opt/finops/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/work \
    TMPDIR=/work \
    XDG_CACHE_HOME=/work/cache \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FINOPS_PROFILE=aws

# A number, so that Kubernetes can see that it is not root.
USER 65532:65532
WORKDIR /work
VOLUME ["/work"]

# A stopped task ends as with Ctrl-C: the lake is whole, the lock is free, the exit code is 143.
STOPSIGNAL SIGTERM
ENTRYPOINT ["finops"]
CMD ["run"]
