# inkfield with all it needs. docker-compose.yml uses it for every service but PostgreSQL; by itself it is the
# command line:
#   docker build -t inkfield . && docker run --rm -u "$(id -u)" -v "$PWD":/data -w /data inkfield process scans/

# --- The compiler (kenlm has no wheel) stays in this stage -------------------------------------------------------
FROM python:3.11-slim-bookworm AS build

RUN apt-get update \
 && apt-get install -y --no-install-recommends g++ make \
 && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/inkfield
WORKDIR /app
COPY requirements.lock ./
# The CPU build of torch: a tenth of the size of the CUDA one.
ARG INKFIELD_TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN /opt/inkfield/bin/pip install --no-cache-dir --index-url "$INKFIELD_TORCH_INDEX" "$(grep '^torch==' requirements.lock)"
COPY . .
# The lock as constraints: the versions that the tests ran with, without the tools of the tests.
RUN /opt/inkfield/bin/pip install --no-cache-dir --constraint requirements.lock --editable ".[s3,engine]"
RUN /opt/inkfield/bin/python -m compileall -q /app/src

# --- What runs ---------------------------------------------------------------------------------------------------
FROM python:3.11-slim-bookworm

RUN apt-get update \
 && apt-get install -y --no-install-recommends poppler-utils libgl1 libglib2.0-0 \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home inkfield \
 && install -d -o inkfield -g inkfield -m 700 /data /data/reports
COPY --from=build /opt/inkfield /opt/inkfield
COPY --from=build /app /app

WORKDIR /app
USER 10001:10001
ENV PATH=/opt/inkfield/bin:$PATH OMP_NUM_THREADS=1 PREFECT_SERVER_ANALYTICS_ENABLED=false DO_NOT_TRACK=1
ENTRYPOINT ["inkfield"]
CMD ["--help"]
