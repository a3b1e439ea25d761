type Labels = Readonly<Record<string, string>>;

/** Numbers about the running process, in the Prometheus text format. */
export type Metrics = {
  /**
   * Something that is counted; the sentence describes it and the number returned by the function only grows.
   */
  counter(name: string, sentence: string): { add(labels?: Labels, amount?: number): void };
  /** Something that is read when asked for. */
  gauge(name: string, sentence: string, read: () => number): void;
  render(): string;
};

/** Makes an empty set of metrics; each is a `tiergraph_` name that may be given once. */
export function createMetrics(): Metrics {
  const blocks = new Map<string, () => string[]>();

  const add = (name: string, type: string, sentence: string, lines: () => string[]): void => {
    if (blocks.has(name)) throw new Error(`The metric ${name} exists already.`);
    blocks.set(name, () => [`# HELP ${name} ${sentence}`, `# TYPE ${name} ${type}`, ...lines()]);
  };

  return {
    counter(name, sentence) {
      const values = new Map<string, number>();
      add(name, 'counter', sentence, () => [...values].map(([labels, value]) => `${name}${labels} ${value}`));
      return {
        add(labels, amount = 1) {
          const key = labels === undefined ? '' : formatLabels(labels);
          values.set(key, (values.get(key) ?? 0) + amount);
        },
      };
    },
    gauge(name, sentence, read) {
      add(name, 'gauge', sentence, () => [`${name} ${read()}`]);
    },
    render() {
      return `${[...blocks.values()].flatMap((lines) => lines()).join('\n')}\n`;
    },
  };
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
