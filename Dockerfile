# inkfield with all it needs. `docker compose up` uses it for the worker; by itself it is the command line:
#   docker build -t inkfield . && docker run --rm -v "$PWD":/data -w /data inkfield process scans/
FROM python:3.11-slim-bookworm

RUN apt-get update \
 && apt-get install -y --no-install-recommends poppler-utils libgl1 libglib2.0-0 g++ make \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.lock .
# The CPU build of torch: a tenth of the size of the CUDA one.
ARG INKFIELD_TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN pip install --no-cache-dir --index-url "$INKFIELD_TORCH_INDEX" "$(grep '^torch==' requirements.lock)" \
 && pip install --no-cache-dir -r requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . \
 && useradd --create-home inkfield

USER inkfield
ENV OMP_NUM_THREADS=1 PREFECT_SERVER_ANALYTICS_ENABLED=false DO_NOT_TRACK=1
ENTRYPOINT ["inkfield"]
CMD ["--help"]
