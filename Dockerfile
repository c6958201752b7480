# One image for the API, the worker, the migrations and the command line; the command says which.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY tools tools
# What is built here needs no script of a package.
RUN npm ci --no-audit --no-fund --ignore-scripts
COPY LICENSE NOTICE.md tsconfig.build.json tsconfig.json ./
COPY src src
COPY scripts scripts
COPY console console
# JavaScript, the workflow bundle, the console, and of the packages what they load: a process translates and bundles nothing.
RUN npm run build:release -- /release

FROM node:24-bookworm-slim
# Temporal's SDK takes the system's certificates to check a cluster's. Without a version: Debian's archive has the newest
# alone, and the image could not be built any more after the next one.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 METRICS_PORT=9464
COPY --from=build /release /app
# The user node of the base image: Kubernetes cannot tell of a name whether it is root's.
USER 1000:1000
EXPOSE 3000 9464
# For the API; a worker listens on METRICS_PORT alone, and says so where it is started.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# No npm in between: it would not hand SIGTERM on, and a stop would be a kill.
CMD ["node", "dist/server.js"]
