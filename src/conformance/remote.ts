// The client's side of a run whose application is in another process: it asks the application itself, over the gateway
// that is under test.

import { decode, type Note, type StageLink } from './stage.ts';
import { type Client, Connection, type PeerRequest } from './stream.ts';

/** A link to the run of that name. `close` ends the run. */
export function remoteLink(client: Client, run: string): StageLink & { close(): Promise<void> } {
  const ask = async (request: PeerRequest & { readonly target: string }): Promise<string> => {
    const connection = new Connection(await client.connect(), []);
    const { status, text } = await connection.fetch(request);
    connection.close();
    if (status === 200 || status === 204) return text;
    throw new Error(
      `the gateway does not run the application of the suite: ${request.target} gave ${status}`,
    );
  };
  const base = `/~/${encodeURIComponent(run)}`;
  let over = false;
  return {
    async notes(from) {
      for (;;) {
        const answer = await ask({ target: `${base}/notes?from=${from}` }).catch((error) => {
          // A case that is skipped halfway leaves a wait behind, to which nobody listens.
          if (over) return new Promise<never>(() => {});
          throw error;
        });
        const notes = decode(answer) as Note[];
        if (notes.length > 0) return notes;
      }
    },
    async all() {
      return decode(await ask({ target: `${base}/all` })) as Note[];
    },
    async open(gate) {
      await ask({ method: 'POST', target: `${base}/open/${encodeURIComponent(gate)}` });
    },
    async close() {
      over = true;
      await ask({ method: 'DELETE', target: base });
    },
  };
}
