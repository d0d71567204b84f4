// Fetches the tools of a text at the first sign of a reader, or at once where something chosen is in force: a page that
// is only loaded does not pay for them.

// As the address of a file, like that of a worker, which it is not: an `import()` that the bundler knows of brings a
// kilobyte with it that this has no use for.
import tools from './text-tools.ts?worker&url';

const SIGNS = [
  'pointermove',
  'pointerdown',
  'touchstart',
  'focusin',
  'keydown',
  'portway:key',
  'change',
] as const;

export function loadTextTools(): void {
  let loading: Promise<void> | undefined;
  const load = async (event?: Event) => {
    if (loading) return;
    loading = import(/* @vite-ignore */ tools);
    await loading;
    // What was pressed before there was somebody to hear it.
    if (event instanceof CustomEvent && !event.defaultPrevented)
      event.target?.dispatchEvent(new CustomEvent(event.type, event));
  };
  const { reading, only } = document.documentElement.dataset;
  if (reading || only !== undefined) void load();
  for (const sign of SIGNS) addEventListener(sign, load, { once: true, passive: true });
  // Another page has changed the choice, perhaps while this one was put away.
  addEventListener('storage', load, { once: true });
  addEventListener('pageshow', ({ persisted }) => persisted && void load());
}
