export interface Pool {
  query(): Promise<string>;
  close(): Promise<void>;
}

/** Stands for a pool of connections to a database. */
export async function openPool(): Promise<Pool> {
  let queries = 0;
  let open = true;
  return {
    async query() {
      if (!open) throw new Error('the pool is closed');
      queries++;
      return `query number ${queries}`;
    },
    async close() {
      open = false;
    },
  };
}
