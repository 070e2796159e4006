# Clientele for a PostgreSQL of your own: DATABASE_URL is required. The embedded PostgreSQL and the npm copy of Node.js are left out.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY migrations migrations
COPY public public
COPY views views
COPY src src
RUN install -d -o node node_modules/.cache
USER node
# A first start finds its modules compiled.
RUN node --import=./src/quick-start.js -e "import('./src/serve.ts').then(() => process.exit())"
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm, so that Docker's stop signal reaches the server itself. The flags are npm start's.
CMD ["node", "--import=./src/quick-start.js", "--max-semi-space-size=8", "--max-old-space-size=128", "src/server.ts"]
