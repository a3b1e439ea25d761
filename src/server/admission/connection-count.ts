/** Counts what is open under each identity. */
export type ConnectionCount = {
  /** Counts one more until the function returned is called; null if there are as many as are allowed. */
  enter(identity: string | null): (() => void) | null;
};

/** Makes a count that allows `most` at once under one identity, and any number under none. */
export function createConnectionCount(most: number): ConnectionCount {
  const open = new Map<string, number>();
  return {
    enter(identity) {
      if (identity === null) return () => {};
      const count = open.get(identity) ?? 0;
      if (count >= most) return null;
      open.set(identity, count + 1);
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        const left = (open.get(identity) ?? 0) - 1;
        if (left > 0) open.set(identity, left);
        else open.delete(identity);
      };
    },
  };
}
