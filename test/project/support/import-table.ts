/**
 * What a folder of the project, or a single file named without its ending, may reach. Of several rules that
 * fit a file the one with the longest place holds; a file that no rule fits is a violation.
 */
export type PlaceRule = {
  readonly place: string;
  /**
   * Other places of the project whose values and types may be imported; a place may always import itself.
   */
  readonly imports: readonly string[];
  /** Other places of the project of which only types may be imported. */
  readonly importsTypesOf?: readonly string[];
  /** npm packages, sub-paths included; `@scope/*` stands for every package of a scope. */
  readonly packages: readonly string[];
  /** Built-in modules of Node without the `node:` in front, or `*` for all. */
  readonly builtins: readonly string[];
  /**
   * PURE code uses the language alone: no clock, randomness, environment or time zone of the machine. GIVEN
   * code gets the time of day and the settings as arguments. FREE code may ask for them.
   */
  readonly ambient: Ambient;
};

export type Ambient = 'PURE' | 'GIVEN' | 'FREE';

/** Which part of the project may use what. */
export const importTable: readonly PlaceRule[] = [
  { place: 'src/engine', imports: [], packages: [], builtins: [], ambient: 'PURE' },
  {
    place: 'src/store',
    imports: ['src/engine', 'src/generated/prisma'],
    packages: ['@prisma/client', '@prisma/adapter-pg', 'pg', '@electric-sql/pglite'],
    builtins: [
      'crypto',
      'fs',
      'fs/promises',
      'net',
      'os',
      'path',
      'process',
      'sqlite',
      'stream',
      'timers/promises',
      'url',
      'zlib',
    ],
    ambient: 'GIVEN',
  },
  {
    place: 'src/events',
    imports: ['src/store/follow-log'],
    importsTypesOf: [
      'src/engine',
      'src/store/reading/read-log',
      'src/store/encoding/log-entry',
      'src/store/connection/database',
    ],
    packages: ['pg', '@nats-io/transport-node', 'lru-cache'],
    builtins: ['crypto', 'net'],
    ambient: 'GIVEN',
  },
  {
    place: 'src/app',
    imports: ['src/engine', 'src/store', 'src/events'],
    packages: ['jose', 'lru-cache'],
    builtins: ['crypto'],
    ambient: 'GIVEN',
  },
  {
    place: 'schema',
    imports: ['src/engine', 'src/app', 'src/events', 'src/store/reading'],
    importsTypesOf: ['src/store/catalogue/program-catalogue', 'src/store/encoding/log-entry'],
    packages: ['@pothos/*', 'graphql', 'dataloader'],
    builtins: [],
    ambient: 'GIVEN',
  },
  {
    place: 'schema/print',
    imports: ['schema'],
    packages: ['graphql'],
    builtins: ['fs', 'fs/promises', 'path', 'process', 'url'],
    ambient: 'GIVEN',
  },
  {
    place: 'src/server',
    imports: ['src/app', 'src/events'],
    packages: ['graphql', 'graphql-yoga', '@graphql-yoga/render-graphiql', 'graphql-ws', 'lru-cache', 'ws'],
    builtins: [
      'buffer',
      'crypto',
      'fs',
      'fs/promises',
      'http',
      'net',
      'path',
      'stream',
      'timers/promises',
      'url',
      'worker_threads',
      'zlib',
    ],
    ambient: 'GIVEN',
  },
  {
    place: 'src/client',
    imports: ['src/generated/graphql'],
    packages: ['graphql', 'graphql-ws', '@graphql-typed-document-node/core'],
    builtins: [],
    ambient: 'GIVEN',
  },
  {
    place: 'src/demo',
    imports: ['src/app', 'src/stop-signals'],
    importsTypesOf: ['src/engine'],
    packages: [],
    builtins: ['process', 'timers/promises', 'util'],
    ambient: 'GIVEN',
  },
  {
    place: 'src/demo/feed',
    imports: ['src/demo', 'src/config', 'src/stop-signals'],
    packages: [],
    builtins: ['process', 'timers/promises', 'util'],
    ambient: 'FREE',
  },
  { place: 'src/stop-signals', imports: [], packages: [], builtins: ['process'], ambient: 'FREE' },
  { place: 'src/config', imports: [], packages: [], builtins: ['net', 'path'], ambient: 'GIVEN' },
  {
    place: 'src/seed-empty-database',
    imports: ['src/app', 'src/demo', 'src/engine'],
    importsTypesOf: ['src/server'],
    packages: [],
    builtins: [],
    ambient: 'FREE',
  },
  {
    place: 'src/seed-new-folder',
    imports: [],
    importsTypesOf: ['src/server', 'src/seed-process'],
    packages: [],
    builtins: ['child_process', 'events', 'fs', 'path', 'url'],
    ambient: 'GIVEN',
  },
  {
    place: 'src/seed-process',
    imports: ['src/app', 'src/seed-empty-database'],
    packages: [],
    builtins: [],
    ambient: 'FREE',
  },
  { place: 'src/health-check', imports: ['src/config'], packages: [], builtins: [], ambient: 'FREE' },
  {
    place: 'src/key',
    imports: ['src/app', 'src/config', 'src/engine'],
    packages: [],
    builtins: ['util'],
    ambient: 'FREE',
  },
  {
    place: 'src/rulebook',
    imports: ['src/app', 'src/engine'],
    packages: [],
    builtins: ['fs', 'util'],
    ambient: 'FREE',
  },
  {
    place: 'src/main',
    imports: ['src', 'schema'],
    packages: ['pino'],
    builtins: ['*'],
    ambient: 'FREE',
  },
];
