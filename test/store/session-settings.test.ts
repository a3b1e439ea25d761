import { expect, test } from 'vitest';
import {
  findWrongSetting,
  refuseServer,
  type ServerFacts,
  sessionConfig,
  settingsOn,
} from '../../src/store/connection/session-settings.ts';

const GOOD: ServerFacts = {
  version: 150_020,
  encoding: 'UTF8',
  isStandby: false,
  hasSchema: true,
  tablesIn: null,
  synchronousCommit: 'on',
};

test('a server that will not do is refused with a reason', () => {
  expect(refuseServer(GOOD)).toBeNull();
  expect(refuseServer({ ...GOOD, version: 140_000 })).toBeNull();
  expect(refuseServer({ ...GOOD, version: 130_022 })).toBe(
    'runs PostgreSQL 13, and 14 is the oldest that will do.',
  );
  expect(refuseServer({ ...GOOD, encoding: 'SQL_ASCII' })).toContain('is encoded in SQL_ASCII');
  expect(refuseServer({ ...GOOD, isStandby: true })).toBe('is a standby, to which nothing can be written.');
});

test('commits wait for the disk where they were not to, and stricter ones stay', () => {
  expect(settingsOn({ ...GOOD, synchronousCommit: 'off' }).synchronous_commit).toBe('on');
  expect(settingsOn({ ...GOOD, synchronousCommit: 'remote_apply' }).synchronous_commit).toBeUndefined();
  expect(settingsOn(GOOD).transaction_timeout).toBeUndefined();
  expect(settingsOn({ ...GOOD, version: 170_001 }).transaction_timeout).toBe('0');
});

test("a URL's own settings of the session give way to ours, and what it says of the connection stays", () => {
  const { connectionString, options } = sessionConfig(
    'postgres://u:p%40ss@h:5432/d?sslmode=require&options=endpoint%3Dx&statement_timeout=1&client_encoding=LATIN1&schema=other',
    { timezone: 'UTC', datestyle: 'ISO, MDY' },
  );
  expect(connectionString).toBe('postgres://u:p%40ss@h:5432/d?sslmode=require');
  expect(options).toMatch(/^endpoint=x -c timezone=UTC -c datestyle=ISO,\\ MDY -c tcp_keepalives_idle=5/);
  expect(sessionConfig('postgres://h/d', {}).connectionString).toBe('postgres://h/d');
});

test('a setting that did not come through is told', () => {
  const wanted = { datestyle: 'ISO, MDY', timezone: 'UTC' };
  const rows = [
    { name: 'datestyle', setting: 'ISO, MDY' },
    { name: 'timezone', setting: 'UTC' },
  ];
  expect(findWrongSetting(wanted, rows)).toBeNull();
  expect(findWrongSetting(wanted, rows.slice(0, 1))).toContain('has timezone = nothing where UTC is needed');
});
