# syntax=docker/dockerfile:1
# The hub as an image, for each of its processes: `serve`, `work`, `migrate` and the operators' commands. compose.yaml runs the
# whole production plane from it. One process alone has its configuration mounted at /etc/lienthong (as `lienthong init` lays it
# out, with `host = "0.0.0.0"` under [server] and `data = "/var/lib/lienthong"` under [storage]):
#   docker run -p 8080:8080 -v "$PWD/hub:/etc/lienthong:ro" -v lienthong-data:/var/lib/lienthong lienthong

FROM python:3.13-slim AS builder
WORKDIR /build
# Every wheel is fetched by its hash; the second step sees no network, so only those wheels can be installed.
COPY requirements.lock ./
RUN pip wheel --no-cache-dir --require-hashes --wheel-dir /wheels -r requirements.lock
COPY . .
RUN python -m venv /opt/lienthong \
    && PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels /opt/lienthong/bin/pip install --no-cache-dir ".[alerts,calendar,fast,mail,oidc,postgres,reports,sftp,soap,tables-postgresql]"

FROM python:3.13-slim
# pg_dump for `lienthong backup`: not older than the server of compose.yaml.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client-17 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /var/lib/lienthong --create-home lienthong
COPY --from=builder /opt/lienthong /opt/lienthong
ENV PATH=/opt/lienthong/bin:$PATH PYTHONUNBUFFERED=1 LIENTHONG_CONFIG=/etc/lienthong/gateway.toml
USER lienthong
VOLUME /var/lib/lienthong
EXPOSE 8080
# Of `serve`; whoever runs `work` checks the port of its own page, as compose.yaml does.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["lienthong", "serve"]
