// Whether a press of a key without a modifier is meant for the page: not where one types, nor in a dialog, nor where the
// reader has switched such keys off (WCAG 2.1.4). Part of every page, so it is short.

/** Where it is kept that keys are off. */
export const KEYS_KEY = 'portway:keys';

const TYPING =
  'input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable], .monaco-editor';

/** The key of a press that may act on the page; undefined for others. */
export function singleKey(event: KeyboardEvent): string | undefined {
  const { key, target, ctrlKey, metaKey, altKey, defaultPrevented, isComposing } = event;
  if (key.length !== 1 || ctrlKey || metaKey || altKey || defaultPrevented || isComposing) return;
  // A press on the document has a target that is no element.
  if ((target as Partial<Element> | null)?.closest?.(`${TYPING}, dialog`)) return;
  return areKeysOn() ? key : undefined;
}

export function areKeysOn(): boolean {
  try {
    return localStorage.getItem(KEYS_KEY) !== 'off';
  } catch {
    return true;
  }
}
