FROM node:24-bookworm-slim
WORKDIR /app
COPY . .
# Brings the Node that it runs on, and generates the database client and the typed documents.
RUN npm ci
USER node
EXPOSE 4000
# Not through npm, so that the signal that stops the container reaches the process.
CMD ["node_modules/.bin/node", "src/main.ts"]
