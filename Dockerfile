# Two stages: one with all packages, which generates the database client and the typed documents, and one with what runs.
# `.ci/container` goes through the same steps where there is no container engine, and tries what they make.
#   docker build --tag tiergraph .
#   docker run --rm --volume tiergraph:/app/.data tiergraph node_modules/.bin/node src/key.ts --role ADMIN
#   docker run --volume tiergraph:/app/.data --publish 127.0.0.1:4000:4000 tiergraph
FROM node:24-bookworm-slim AS build
# libatomic1 is for Node 26, which the packages bring.
RUN apt-get update && apt-get install --yes --no-install-recommends libatomic1 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
COPY bench/package.json ./bench/
# The packages before the sources, so that they are fetched again only when they change; the one script wanted is Node's.
RUN npm ci --ignore-scripts && npm rebuild node
COPY . ./
# Without the optional packages too: Prisma's command line and its studio alone would be 250 MB.
RUN npm run prepare && npm prune --omit=dev --omit=optional --ignore-scripts

FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends libatomic1 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 1000 --no-create-home tiergraph && install --directory --owner=tiergraph --mode=700 /app/.data
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/prisma ./prisma
COPY --from=build /app/schema ./schema
COPY --from=build /app/src ./src
# Reached from outside, so AUTH is `keys`. The embedded database is in /app/.data; DATABASE_URL takes its place.
ENV NODE_ENV=production HOST=0.0.0.0
VOLUME /app/.data
USER tiergraph
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s CMD ["node_modules/.bin/node", "src/health-check.ts"]
# Not through npm, so that the signal that stops the container reaches the process.
CMD ["node_modules/.bin/node", "src/main.ts"]
