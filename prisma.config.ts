import { defineConfig } from 'prisma/config';

// The CLI would otherwise download a schema engine at every command, which generate, validate and format do
// not need.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({ schema: 'prisma/schema.prisma' });
