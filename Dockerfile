# Dependencies by their hashes, bytecode made here, so that the image below only reads.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.lock pyproject.toml ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY app app
COPY migrations migrations
COPY static static
COPY templates templates
# What Litestar and Piccolo bring for tests, examples and commands of their own stays behind, and what built it.
RUN .venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-build-isolation --no-deps -e . \
    && .venv/bin/pip uninstall --yes --quiet \
        faker polyfactory httpx httpcore h11 certifi dnspython rich-click pygments markdown-it-py mdurl litestar-htmx aiosqlite \
        targ docstring-parser flit_core pip \
    && rm -rf .venv/lib/python3.13/site-packages/tests requirements.lock \
    && find .venv -regex '.*\.\(pyi\|px[di]\|pyx\|c\|cpp\|h\)' -delete \
    && python -m compileall -q app migrations .venv/lib

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Evenementenportaal" \
      org.opencontainers.image.description="Kandidaten, uitslagen en betaalcodes voor werkgevers" \
      org.opencontainers.image.vendor="Vakmanschap Techniek"
WORKDIR /app
COPY --from=build /app /app
RUN mkdir data && chown 10001:10001 data
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
VOLUME /app/data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/gezond', timeout=2)"]
ENTRYPOINT ["portaal"]
CMD ["serve", "--host", "0.0.0.0", "--migrate"]
