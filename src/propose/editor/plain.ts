// A plain text area for the texts of a change: on phones, and wherever Monaco cannot be loaded.

import { createPlainEditor } from '../../explorer/editor/plain.ts';
import type { TextEditor, TextEditorOptions } from './editor.ts';

/** Makes an editor in `container`. */
export function createPlainTextEditor(
  container: HTMLElement,
  { files, open, label, base, editable, onChange, onLine }: TextEditorOptions,
): TextEditor {
  const editor = createPlainEditor(container, {
    files,
    open,
    label,
    base,
    onChange,
    onRun() {},
    onOpen() {},
    onTabMoves() {},
  });
  const area = container.querySelector('textarea');
  if (area) {
    // Prose has long lines.
    area.wrap = 'soft';
    area.spellcheck = true;
    area.readOnly = !editable;
    area.addEventListener('selectionchange', () =>
      onLine(area.value.slice(0, area.selectionStart).split('\n').length),
    );
  }
  return {
    open: editor.open,
    sync: editor.sync,
    // A text area has no marks: the list of problems has their lines.
    mark() {},
    reveal: (path, line, column = 1) => editor.reveal(path, line, column),
    focus: editor.focus,
    dispose: editor.dispose,
  };
}
