/** pino's levels, loudest first. */
const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The settings, complete: nothing below `main` has defaults. */
export type Config = {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
  /** Where the metrics are served: beside the graph, on a port of their own of the same host, or nowhere. */
  readonly metrics: { readonly at: 'GRAPH' | 'NOWHERE' } | { readonly at: 'PORT'; readonly port: number };
  readonly database:
    | { readonly kind: 'EMBEDDED'; readonly folder: string }
    | { readonly kind: 'POSTGRES'; readonly url: string };
  /** Where the processes of one database ring each other; null lets the database carry that too. */
  readonly natsUrl: string | null;
  /**
   * `off`: callers need not prove who they are, so `host` is a loopback address. `keys`: by API key or JSON
   * Web Token.
   */
  readonly auth: 'off' | 'keys';
  /** Whose JSON Web Tokens are taken; null for none. */
  readonly jwt: { readonly jwksUrl: string; readonly issuer: string; readonly audience: string } | null;
  /** The web pages of other servers that may use this one, as in `https://partners.example`. */
  readonly corsOrigins: readonly string[];
  /** Which documents are executed: any, or only those that the server was given. */
  readonly documents: 'any' | 'trusted';
  /** The file with the documents that the server knows by id; null for those of its own operations. */
  readonly trustedDocuments: string | null;
  /** Whether an empty database gets the demo programme. */
  readonly demo: boolean;
  /** Whether the graph is served as a subgraph of a larger one, for a gateway in front. */
  readonly federation: boolean;
  /**
   * Over how long a stop spreads the end of open subscriptions, so that clients do not all reconnect at once.
   */
  readonly drainSeconds: number;
  readonly logLevel: LogLevel;
};

type Environment = Readonly<Record<string, string | undefined>>;

const NAMES = [
  'PORT',
  'HOST',
  'METRICS_PORT',
  'DATABASE_URL',
  'DATA_DIR',
  'NATS_URL',
  'AUTH',
  'JWT_JWKS_URL',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'CORS_ORIGINS',
  'GRAPHQL_DOCUMENTS',
  'TRUSTED_DOCUMENTS',
  'DEMO',
  'FEDERATION',
  'DRAIN_SECONDS',
  'LOG_LEVEL',
] as const;
type Name = (typeof NAMES)[number];

/** Thrown while reading; its message is the sentence that the operator sees. */
class Refused extends Error {}

/**
 * Reads the settings, or says in one sentence what is wrong with the first bad one; the only reader of the
 * environment.
 */
export function readConfig(
  environment: Environment,
): { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problem: string } {
  try {
    return { ok: true, config: read(environment) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, problem: error.message };
    throw error;
  }
}

function read(environment: Environment): Config {
  refuseUnknown(environment);
  const value = (name: Name): string | undefined => {
    const text = environment[name];
    if (text !== undefined && text.trim() === '')
      throw new Refused(`${name} is empty: give it a value, or leave it out.`);
    return text;
  };
  const host = value('HOST') ?? '127.0.0.1';
  const database = readDatabase(value('DATABASE_URL'), value('DATA_DIR'));
  const port = readPort('PORT', value('PORT')) ?? 4000;
  return {
    port,
    host,
    metrics: readMetrics(readPort('METRICS_PORT', value('METRICS_PORT')), port, host),
    database,
    natsUrl: readNatsUrl(value('NATS_URL')),
    auth: readAuth(value('AUTH'), host),
    jwt: readJwt(value('JWT_JWKS_URL'), value('JWT_ISSUER'), value('JWT_AUDIENCE')),
    corsOrigins: readOrigins(value('CORS_ORIGINS')),
    documents: readDocuments(value('GRAPHQL_DOCUMENTS')),
    trustedDocuments: value('TRUSTED_DOCUMENTS') ?? null,
    demo: readSwitch('DEMO', value('DEMO'), database.kind === 'EMBEDDED'),
    federation: readSwitch('FEDERATION', value('FEDERATION'), false),
    drainSeconds: readDrain(value('DRAIN_SECONDS')),
    logLevel: readLogLevel(value('LOG_LEVEL')),
  };
}

function readPort(name: Name, text: string | undefined): number | null {
  if (text === undefined) return null;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535) {
    throw new Refused(`${name} is ${quote(text)}: it must be a whole number from 0 to 65535.`);
  }
  return port;
}

function readMetrics(metricsPort: number | null, port: number, host: string): Config['metrics'] {
  if (metricsPort === null) return { at: isLoopback(host) ? 'GRAPH' : 'NOWHERE' };
  if (metricsPort === port && port !== 0) {
    throw new Refused(
      `METRICS_PORT and PORT are both ${port}: give the metrics another port, or leave it out.`,
    );
  }
  return { at: 'PORT', port: metricsPort };
}

function readDrain(text: string | undefined): number {
  if (text === undefined) return 0;
  const seconds = Number(text);
  if (!/^\d{1,3}$/.test(text) || seconds > 600) {
    throw new Refused(`DRAIN_SECONDS is ${quote(text)}: it must be a whole number from 0 to 600.`);
  }
  return seconds;
}

function readDatabase(url: string | undefined, folder: string | undefined): Config['database'] {
  if (url === undefined) return { kind: 'EMBEDDED', folder: folder ?? '.data' };
  const protocol = URL.canParse(url) ? new URL(url).protocol : null;
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') {
    // The value may carry a password, so the sentence does not repeat it.
    throw new Refused('DATABASE_URL must look like postgres://user:password@host:5432/database.');
  }
  if (folder !== undefined) {
    throw new Refused(
      'DATA_DIR is for the embedded database and DATABASE_URL for a server: set only one of them.',
    );
  }
  return { kind: 'POSTGRES', url };
}

function readNatsUrl(text: string | undefined): string | null {
  if (text === undefined) return null;
  const isServer = (url: string) => URL.canParse(url) && ['nats:', 'tls:'].includes(new URL(url).protocol);
  if (!text.split(',').every(isServer)) {
    // The value may carry a password, so the sentence does not repeat it.
    throw new Refused(
      'NATS_URL must look like nats://user:password@host:4222, or be several of these separated by commas.',
    );
  }
  return text;
}

function readAuth(text: string | undefined, host: string): 'off' | 'keys' {
  if (text !== undefined && text !== 'keys' && text !== 'off') {
    throw new Refused(`AUTH is ${quote(text)}: it must be "keys" or "off".`);
  }
  const auth = text ?? (isLoopback(host) ? 'off' : 'keys');
  if (auth === 'off' && !isLoopback(host)) {
    throw new Refused(
      `AUTH is "off", which only a loopback HOST such as 127.0.0.1 may use, and HOST is ${quote(host)}: others could reach it.`,
    );
  }
  return auth;
}

function readJwt(
  jwksUrl: string | undefined,
  issuer: string | undefined,
  audience: string | undefined,
): Config['jwt'] {
  if (jwksUrl === undefined && issuer === undefined && audience === undefined) return null;
  if (jwksUrl === undefined || issuer === undefined || audience === undefined) {
    throw new Refused('JWT_JWKS_URL, JWT_ISSUER and JWT_AUDIENCE belong together: set all three or none.');
  }
  const protocol = URL.canParse(jwksUrl) ? new URL(jwksUrl).protocol : null;
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(new URL(jwksUrl).hostname))) {
    throw new Refused('JWT_JWKS_URL must be an https address (http only on this machine).');
  }
  return { jwksUrl, issuer, audience };
}

function readOrigins(text: string | undefined): readonly string[] {
  const origins = text === undefined ? [] : text.split(',').map((origin) => origin.trim());
  for (const origin of origins) {
    if (!/^https?:/.test(origin) || !URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new Refused(
        `CORS_ORIGINS has ${quote(origin)}: it must be origins such as https://partners.example, separated by commas.`,
      );
    }
  }
  return origins;
}

function readDocuments(text: string | undefined): Config['documents'] {
  if (text === undefined) return 'any';
  if (text !== 'any' && text !== 'trusted') {
    throw new Refused(`GRAPHQL_DOCUMENTS is ${quote(text)}: it must be "any" or "trusted".`);
  }
  return text;
}

function readSwitch(name: Name, text: string | undefined, otherwise: boolean): boolean {
  if (text === undefined) return otherwise;
  if (text !== 'on' && text !== 'off') {
    throw new Refused(`${name} is ${quote(text)}: it must be "on" or "off".`);
  }
  return text === 'on';
}

function readLogLevel(text: string | undefined): LogLevel {
  if (text === undefined) return 'info';
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined) {
    throw new Refused(`LOG_LEVEL is ${quote(text)}: it must be one of ${LOG_LEVELS.join(', ')}.`);
  }
  return level;
}

/** True for 127.0.0.0/8, ::1 and localhost. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * The environment is full of other programs' variables. Only these can be mistakes: names with the prefix
 * TIERGRAPH_, and long names that are one typo away from a setting.
 */
function refuseUnknown(environment: Environment): void {
  const known: ReadonlySet<string> = new Set(NAMES);
  for (const name of Object.keys(environment)) {
    if (known.has(name) || environment[name] === undefined) continue;
    const meant = NAMES.find((setting) => setting.length >= 8 && isOneSlipAway(name.toUpperCase(), setting));
    if (meant !== undefined) throw new Refused(`${name} is not a setting: did you mean ${meant}?`);
    if (name.startsWith('TIERGRAPH_')) {
      throw new Refused(`${name} is not a setting: the settings are ${NAMES.join(', ')}.`);
    }
  }
}

/** True if one letter added, removed, changed or swapped with its neighbour, or none, makes `a` into `b`. */
function isOneSlipAway(a: string, b: string): boolean {
  if (a === b) return true;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}

function quote(text: string): string {
  return JSON.stringify(text);
}
