import { Client } from 'pg';
import { vi } from 'vitest';

/** A node of a plan that was run, as PostgreSQL tells it. */
type PlanNode = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
};

/** What running a statement took. */
export type Run = {
  readonly sql: string;
  /** Pages of tables and indexes that were looked at. */
  readonly buffers: number;
  /** Rows that the nodes of the plan gave or threw away. */
  readonly rows: number;
  /** The plan's nodes that read a table, with the rows that each saw. */
  readonly nodes: readonly string[];
};

/**
 * Every statement that a client of this process has run while `work` does, in a database that
 * `explainEverything` prepared.
 */
export async function runsOf(work: () => Promise<unknown>): Promise<readonly Run[]> {
  const from = runs.length;
  await work();
  return runs.slice(from);
}

const runs: Run[] = [];
const NOTICE = /^duration: \S+ ms {2}plan:\n([\s\S]*)$/;

/**
 * Has PostgreSQL tell the plan of each statement to the session that sends it; sessions opened before tell
 * nothing.
 */
export async function explainEverything(
  url: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const wanted = {
    session_preload_libraries: "'auto_explain'",
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_buffers': 'on',
    'auto_explain.log_timing': 'off',
    'auto_explain.log_format': 'json',
    'auto_explain.log_level': 'notice',
    ...settings,
  };
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("LOAD 'auto_explain'");
    for (const [name, value] of Object.entries(wanted)) {
      await client.query(`ALTER DATABASE ${client.database} SET ${name} = ${value}`);
    }
  } finally {
    await client.end();
  }
  if (!vi.isMockFunction(Client.prototype.connect)) listen();
}

/** Listens to all clients that connect from now on. */
function listen(): void {
  const { connect } = Client.prototype;
  vi.spyOn(Client.prototype, 'connect').mockImplementation(function (this: Client, ...args: unknown[]) {
    this.on('notice', ({ message }) => {
      const [, json] = NOTICE.exec(message ?? '') ?? [];
      if (json !== undefined) runs.push(toRun(JSON.parse(json)));
    });
    return Reflect.apply(connect, this, args);
  });
}

function toRun(told: { readonly 'Query Text': string; readonly Plan: PlanNode }): Run {
  const { Plan: plan } = told;
  return {
    sql: told['Query Text'].replaceAll(/\s+/g, ' ').trim(),
    buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
    rows: rowsOf(plan),
    nodes: nodesOf(plan),
  };
}

function rowsOf(node: PlanNode): number {
  const perLoop =
    node['Actual Rows'] +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Join Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0);
  return (node.Plans ?? []).reduce((sum, child) => sum + rowsOf(child), perLoop * node['Actual Loops']);
}

function nodesOf(node: PlanNode): readonly string[] {
  const relation = node['Relation Name'];
  const seen = rowsOf({ ...node, Plans: [] });
  const own = relation === undefined ? [] : [`${node['Node Type']} on ${relation}: ${seen}`];
  return [...own, ...(node.Plans ?? []).flatMap(nodesOf)];
}
