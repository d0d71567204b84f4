// Runs the sandboxes of a page one after the other, and says whether their clients got the same answer. Knows a sandbox by
// its buttons and what it tells of itself, and not how it runs.
import type { ClientResult } from '../client/index.ts';

interface Told {
  readonly slug: string;
  readonly results: readonly ClientResult[];
}

/** Wakes a sandbox, presses its Run, and waits for what it tells. Undefined where it could not be loaded. */
function run(figure: HTMLElement, signal: AbortSignal): Promise<Told | undefined> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const end = (told?: Told) => {
      over.abort();
      watch.disconnect();
      resolve(told);
    };
    // What does not load tells nothing: it says so beside itself, or in its status.
    const watch = new MutationObserver(() => {
      if (figure.querySelector('.try-notice, .sandbox[data-phase="failed"]')) end();
    });
    figure.addEventListener(
      'portway:run',
      (event) => end((event as CustomEvent<Told>).detail),
      over,
    );
    signal.addEventListener('abort', () => end(), over);
    const button = figure.querySelector<HTMLButtonElement>('button.run');
    if (!button || button.ariaDisabled === 'true') return end();
    watch.observe(figure, { subtree: true, childList: true, attributeFilter: ['data-phase'] });
    figure.querySelector('astro-island')?.dispatchEvent(new Event('pointerenter'));
    button.click();
  });
}

function answer({ results }: Told): string {
  return JSON.stringify(
    results.map(({ outcome, status, body }) => [outcome, status, new TextDecoder().decode(body)]),
  );
}

/** Joins a button to the sandboxes of its page; `status` is told how far they are. */
export function runInTurn(button: HTMLButtonElement, status: HTMLElement): void {
  let turn: AbortController | undefined;
  button.addEventListener('click', async () => {
    turn?.abort();
    turn = new AbortController();
    const { signal } = turn;
    const figures = [...document.querySelectorAll<HTMLElement>('figure[data-example]')];
    const answers: string[] = [];
    for (const [index, figure] of figures.entries()) {
      status.textContent = `Running ${index + 1} of ${figures.length}: ${figure.getAttribute('aria-label')}.`;
      const told = await run(figure, signal);
      if (signal.aborted) return;
      if (told && told.results.length > 0) answers.push(answer(told));
    }
    if (answers.length < figures.length)
      status.textContent = `${answers.length} of ${figures.length} gave an answer. The others say why.`;
    else
      status.textContent =
        new Set(answers).size === 1
          ? 'All three ran, and the client got the same response from each.'
          : 'All three ran, and the client did not get the same response from each.';
  });
}
