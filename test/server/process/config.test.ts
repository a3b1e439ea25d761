import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';

const DEFAULTS = {
  port: 4000,
  host: '127.0.0.1',
  metrics: { at: 'GRAPH' },
  database: { kind: 'EMBEDDED', folder: '.data' },
  natsUrl: null,
  auth: 'off',
  jwt: null,
  corsOrigins: [],
  documents: 'any',
  trustedDocuments: null,
  demo: true,
  federation: false,
  drainSeconds: 0,
  logLevel: 'info',
};

describe('readConfig', () => {
  test('an empty environment gives the embedded demo on loopback', () => {
    expect(readConfig({})).toEqual({ ok: true, config: DEFAULTS });
  });

  test('every setting is read', () => {
    const environment = {
      PORT: '0',
      HOST: '::1',
      METRICS_PORT: '9464',
      DATA_DIR: '/var/lib/tiergraph',
      NATS_URL: 'nats://one:4222,tls://two:4222',
      AUTH: 'off',
      JWT_JWKS_URL: 'https://issuer.example/jwks',
      JWT_ISSUER: 'https://issuer.example',
      JWT_AUDIENCE: 'tiergraph',
      CORS_ORIGINS: 'https://partners.example, http://localhost:5173',
      GRAPHQL_DOCUMENTS: 'trusted',
      TRUSTED_DOCUMENTS: '/etc/tiergraph/documents.json',
      DEMO: 'off',
      FEDERATION: 'on',
      DRAIN_SECONDS: '600',
      LOG_LEVEL: 'debug',
    };
    expect(readConfig(environment)).toEqual({
      ok: true,
      config: {
        port: 0,
        host: '::1',
        metrics: { at: 'PORT', port: 9464 },
        database: { kind: 'EMBEDDED', folder: '/var/lib/tiergraph' },
        natsUrl: 'nats://one:4222,tls://two:4222',
        auth: 'off',
        jwt: {
          jwksUrl: 'https://issuer.example/jwks',
          issuer: 'https://issuer.example',
          audience: 'tiergraph',
        },
        corsOrigins: ['https://partners.example', 'http://localhost:5173'],
        documents: 'trusted',
        trustedDocuments: '/etc/tiergraph/documents.json',
        demo: false,
        federation: true,
        drainSeconds: 600,
        logLevel: 'debug',
      },
    });
  });

  test('a database server gets no demo unless asked', () => {
    const DATABASE_URL = 'postgresql://me:secret@db:5432/tiergraph';
    const database = { kind: 'POSTGRES', url: DATABASE_URL };
    expect(readConfig({ DATABASE_URL })).toEqual({
      ok: true,
      config: { ...DEFAULTS, database, demo: false },
    });
    expect(readConfig({ DATABASE_URL, DEMO: 'on' })).toEqual({ ok: true, config: { ...DEFAULTS, database } });
  });

  test('where others can reach it, keys are asked for unless told otherwise', () => {
    expect(readConfig({ HOST: '0.0.0.0' })).toEqual({
      ok: true,
      config: { ...DEFAULTS, host: '0.0.0.0', metrics: { at: 'NOWHERE' }, auth: 'keys' },
    });
    expect(readConfig({ AUTH: 'keys' })).toEqual({ ok: true, config: { ...DEFAULTS, auth: 'keys' } });
  });

  test.each([
    ['127.0.0.1', undefined, { at: 'GRAPH' }],
    ['localhost', undefined, { at: 'GRAPH' }],
    ['0.0.0.0', undefined, { at: 'NOWHERE' }],
    ['::', undefined, { at: 'NOWHERE' }],
    ['10.0.0.1', undefined, { at: 'NOWHERE' }],
    ['10.0.0.1', '9464', { at: 'PORT', port: 9464 }],
    ['127.0.0.1', '0', { at: 'PORT', port: 0 }],
  ])('with the HOST %s and the METRICS_PORT %s the metrics are %j', (HOST, METRICS_PORT, metrics) => {
    expect(readConfig({ HOST, METRICS_PORT })).toMatchObject({ ok: true, config: { metrics } });
  });

  test('what belongs to other programs is left alone', () => {
    const environment = { HOSTNAME: 'x', LOGNAME: 'x', POST: 'x', DEMOS: 'x', AUTHOR: 'x', PATH: '/bin' };
    expect(readConfig(environment)).toEqual({ ok: true, config: DEFAULTS });
  });

  test.each([
    [{ PORT: '65536' }, 'PORT is "65536": it must be a whole number from 0 to 65535.'],
    [{ PORT: '80a' }, 'PORT is "80a": it must be a whole number from 0 to 65535.'],
    [{ PORT: '-1' }, 'PORT is "-1": it must be a whole number from 0 to 65535.'],
    [{ METRICS_PORT: '65536' }, 'METRICS_PORT is "65536": it must be a whole number from 0 to 65535.'],
    [
      { METRICS_PORT: '4000' },
      'METRICS_PORT and PORT are both 4000: give the metrics another port, or leave it out.',
    ],
    [{ DRAIN_SECONDS: '601' }, 'DRAIN_SECONDS is "601": it must be a whole number from 0 to 600.'],
    [{ DRAIN_SECONDS: '1.5' }, 'DRAIN_SECONDS is "1.5": it must be a whole number from 0 to 600.'],
    [{ PORT: '' }, 'PORT is empty: give it a value, or leave it out.'],
    [
      { HOST: '0.0.0.0', AUTH: 'off' },
      'AUTH is "off", which only a loopback HOST such as 127.0.0.1 may use, and HOST is "0.0.0.0": others could reach it.',
    ],
    [{ AUTH: 'none' }, 'AUTH is "none": it must be "keys" or "off".'],
    [
      { JWT_ISSUER: 'https://issuer.example' },
      'JWT_JWKS_URL, JWT_ISSUER and JWT_AUDIENCE belong together: set all three or none.',
    ],
    [
      { JWT_JWKS_URL: 'http://issuer.example/jwks', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' },
      'JWT_JWKS_URL must be an https address (http only on this machine).',
    ],
    [
      { DATABASE_URL: 'mysql://db' },
      'DATABASE_URL must look like postgres://user:password@host:5432/database.',
    ],
    [{ DATABASE_URL: 'secret' }, 'DATABASE_URL must look like postgres://user:password@host:5432/database.'],
    [
      { DATABASE_URL: 'postgres://db/x', DATA_DIR: '.data' },
      'DATA_DIR is for the embedded database and DATABASE_URL for a server: set only one of them.',
    ],
    [
      { NATS_URL: 'nats://one:4222,two:4222' },
      'NATS_URL must look like nats://user:password@host:4222, or be several of these separated by commas.',
    ],
    [
      { CORS_ORIGINS: 'https://partners.example/' },
      'CORS_ORIGINS has "https://partners.example/": it must be origins such as https://partners.example, separated by commas.',
    ],
    [{ GRAPHQL_DOCUMENTS: 'all' }, 'GRAPHQL_DOCUMENTS is "all": it must be "any" or "trusted".'],
    [{ DEMO: 'true' }, 'DEMO is "true": it must be "on" or "off".'],
    [{ FEDERATION: 'v2' }, 'FEDERATION is "v2": it must be "on" or "off".'],
    [
      { LOG_LEVEL: 'verbose' },
      'LOG_LEVEL is "verbose": it must be one of silent, fatal, error, warn, info, debug, trace.',
    ],
    [{ DATABASE_URI: 'postgres://db/x' }, 'DATABASE_URI is not a setting: did you mean DATABASE_URL?'],
    [{ LOG_LEVLE: 'debug' }, 'LOG_LEVLE is not a setting: did you mean LOG_LEVEL?'],
    [{ database_url: 'postgres://db/x' }, 'database_url is not a setting: did you mean DATABASE_URL?'],
    [
      { TIERGRAPH_PORT: '1' },
      'TIERGRAPH_PORT is not a setting: the settings are PORT, HOST, METRICS_PORT, DATABASE_URL, DATA_DIR, NATS_URL, AUTH, JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE, CORS_ORIGINS, GRAPHQL_DOCUMENTS, TRUSTED_DOCUMENTS, DEMO, FEDERATION, DRAIN_SECONDS, LOG_LEVEL.',
    ],
  ])('%j is refused with a sentence', (environment, problem) => {
    expect(readConfig(environment)).toEqual({ ok: false, problem });
  });
});
