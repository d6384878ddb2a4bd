# Node 24 runs TypeScript as it is: nothing is compiled, so the image holds the sources and what they need, no build.
# Behind a proxy with a certificate authority of your own: docker build --build-arg CA_CERTIFICATES="$(cat ca.pem)" .
FROM node:24-slim AS dependencies
ARG CA_CERTIFICATES=""
WORKDIR /app
COPY package.json package-lock.json ./
RUN if [ -n "$CA_CERTIFICATES" ]; then printf '%s\n' "$CA_CERTIFICATES" >/tmp/ca.pem && export NODE_EXTRA_CA_CERTS=/tmp/ca.pem; fi \
  && npm ci --omit=dev --no-audit --no-fund

FROM node:24-slim
ARG CA_CERTIFICATES=""
# git reads the repositories, over HTTPS.
RUN apt-get update \
  && apt-get install -y --no-install-recommends git ca-certificates \
  && rm -rf /var/lib/apt/lists/* \
  && if [ -n "$CA_CERTIFICATES" ]; then printf '%s\n' "$CA_CERTIFICATES" >/usr/local/share/ca-certificates/operator.crt; fi \
  && update-ca-certificates
# NODE_USE_SYSTEM_CA: Node trusts what the system does, as git does anyway, so one place is enough for a certificate authority.
# MALLOC_ARENA_MAX: the C library otherwise keeps free memory for each of Node's threads, some 20 MB in all (docs/performance.md).
ENV NODE_ENV=production DATA_DIR=/data PORT=3000 NODE_USE_SYSTEM_CA=1 MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY src src
# The user of the base image, 1000:1000; a folder of the host that is mounted here must be this user's.
RUN install -d -o node -g node -m 700 /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell and no npm in between: SIGTERM reaches the server, which finishes its work in flight (give it 70 seconds).
# Other commands: docker run --rm --env-file .env planwright doctor
# The last two keep the process under 300 MB on PostgreSQL: by itself Node lets a busy one grow to 500 MB of garbage (docs/performance.md).
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=2", "--heap-growing-percent=20", "src/start.ts"]
CMD ["serve"]
