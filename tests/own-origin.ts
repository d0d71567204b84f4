// For browser tests: what lies outside of the site cannot be reached, as for a reader without a connection to it.
import type { BrowserContext } from '@playwright/test';

/** Fails every request of a context that goes to another host than that of the preview. */
export async function onlyOwnOrigin(context: BrowserContext): Promise<void> {
  await context.route(
    (url) => url.hostname !== '127.0.0.1',
    (route) => route.abort('connectionfailed'),
  );
}
