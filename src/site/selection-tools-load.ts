// Fetches what is offered for selected words (selection-tools.ts) once some are selected, or by its key. Part of the tools
// of a text.

// As the address of a file: see text-tools-load.ts.
import { SELECTION_KEY } from './selection-key.ts';
import tools from './selection-tools.ts?worker&url';

export function loadSelectionTools(): void {
  let loading: Promise<void> | undefined;
  const stop = new AbortController();
  const load = async (again?: () => void) => {
    stop.abort();
    loading ??= import(/* @vite-ignore */ tools);
    await loading;
    again?.();
  };
  document.addEventListener(
    'selectionchange',
    () => {
      if (!getSelection()?.isCollapsed) void load();
    },
    { signal: stop.signal },
  );
  document.addEventListener(
    'portway:key',
    (event) => {
      const { detail } = event as CustomEvent<string>;
      if (detail !== SELECTION_KEY) return;
      event.preventDefault();
      void load(() => dispatchEvent(new Event('portway:selection')));
    },
    { signal: stop.signal },
  );
  if (!getSelection()?.isCollapsed) void load();
}
