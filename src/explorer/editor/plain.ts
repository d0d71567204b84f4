// A plain text area as an editor: on phones, and wherever Monaco cannot be loaded.

import type { Editor, EditorOptions } from './editor.ts';

/** Makes an editor in `container`. */
export function createPlainEditor(container: HTMLElement, options: EditorOptions): Editor {
  const texts = new Map(Object.entries(options.files));
  const area = document.createElement('textarea');
  area.className = 'plain-editor';
  area.setAttribute('aria-label', options.label);
  area.spellcheck = false;
  area.autocapitalize = 'off';
  area.setAttribute('autocomplete', 'off');
  area.setAttribute('autocorrect', 'off');
  area.wrap = 'off';
  let shown = options.open;
  const show = (path: string) => {
    shown = path;
    area.value = texts.get(path) ?? '';
    area.rows = Math.min(Math.max(area.value.split('\n').length + 1, 8), 28);
  };
  area.addEventListener('input', () => {
    texts.set(shown, area.value);
    options.onChange(shown, area.value);
  });
  area.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    options.onRun();
  });
  show(shown);
  container.append(area);
  return {
    open(path) {
      if (path !== shown && texts.has(path)) show(path);
    },
    sync(files) {
      for (const path of texts.keys()) if (!Object.hasOwn(files, path)) texts.delete(path);
      for (const [path, text] of Object.entries(files)) texts.set(path, text);
      // Set only where it differs: setting moves the cursor to the end.
      if (area.value !== (texts.get(shown) ?? '')) show(shown);
    },
    mark() {}, // A text area has no marks: the messages stand below it, with their lines.
    reveal(path, line, column) {
      if (!texts.has(path)) return;
      if (path !== shown) show(path);
      const lines = area.value.split('\n');
      const before = lines.slice(0, Math.min(line, lines.length) - 1);
      const within = lines[before.length] ?? '';
      const at =
        before.reduce((sum, text) => sum + text.length + 1, 0) +
        // A line that is no longer there is the end of the text.
        Math.min(line > lines.length ? within.length : column - 1, within.length);
      area.focus();
      area.setSelectionRange(at, at);
      area.scrollTop = heightTo(area, at) - area.clientHeight / 3;
    },
    format: async () => false, // The formatter comes with Monaco.
    focus: () => area.focus(),
    dispose: () => area.remove(),
  };
}

/** How far down the cursor stands: browsers scroll to it only when something is typed. Pixels. */
function heightTo(area: HTMLTextAreaElement, at: number): number {
  const above = area.cloneNode() as HTMLTextAreaElement;
  above.value = area.value.slice(0, at);
  above.ariaHidden = 'true';
  above.tabIndex = -1;
  above.style.cssText = `position: absolute; visibility: hidden; height: 0; width: ${area.offsetWidth}px`;
  above.wrap = area.wrap;
  area.after(above);
  const { scrollHeight } = above;
  above.remove();
  return scrollHeight;
}
