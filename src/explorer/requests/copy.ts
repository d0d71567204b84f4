// Takes things along through the clipboard, and says what came of it. Knows nothing of where that is shown.

import { curlOf, curlText } from '../../client/curl.ts';
import type { ScenarioExchange } from '../../client/index.ts';

/** Where `portway serve` listens unless it is told otherwise. */
const ORIGIN = 'http://localhost:8000';

/** Copies a text. @returns what is to be said: “Body copied.” */
export async function copyText(text: string, what: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return `${what} copied.`;
  } catch {
    return 'The browser does not let this page write to the clipboard.';
  }
}

/** Copies an exchange as a curl command. @returns what is to be said */
export function copyCurl(exchange: ScenarioExchange): Promise<string> {
  const curl = curlOf(exchange, ORIGIN);
  const missing = curl.cannot.length;
  const rest =
    missing === 0
      ? ''
      : `, with ${missing === 1 ? 'a comment on what' : `${missing} comments on what`} it cannot do,`;
  return copyText(`${curlText(curl)}\n`, `Command for a server at ${ORIGIN}${rest}`);
}
