// The dialog of keys: lists them and lets a reader switch off those that are one letter or sign. A bundle of its own,
// which keyboard-load.ts fetches when it is asked for.
import { siteKeys } from './keyboard.ts';
import { areKeysOn, KEYS_KEY } from './single-key.ts';
import button from './styles/button.css?inline';
import styles from './styles/keyboard.css?inline';

const dialog = document.createElement('dialog');

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

function draw(): void {
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);
  const title = element('h2', 'Keyboard');
  title.id = 'keyboard-title';
  const tables = siteKeys(mac).map(({ title: group, rows }) => {
    const body = element('tbody');
    for (const { keys, does } of rows) {
      const head = element(
        'th',
        ...keys.flatMap((key, index) => [index > 0 ? ' ' : '', element('kbd', key)]),
      );
      head.scope = 'row';
      body.append(element('tr', head, element('td', does)));
    }
    return element('table', element('caption', group), body);
  });
  const box = element('input');
  box.type = 'checkbox';
  box.checked = areKeysOn();
  const note = element(
    'p',
    'Without them, search opens with ',
    element('kbd', mac ? '⌘K' : 'Ctrl+K'),
    '. Keys of a sandbox work in the sandbox only.',
  );
  note.id = 'keyboard-note';
  box.setAttribute('aria-describedby', note.id);
  box.addEventListener('change', () => {
    try {
      if (box.checked) localStorage.removeItem(KEYS_KEY);
      else localStorage.setItem(KEYS_KEY, 'off');
    } catch {
      note.textContent = 'The browser does not let this page keep the choice, so the keys stay on.';
      box.checked = true;
    }
  });
  const close = element('button', 'Close');
  close.className = 'small-button';
  const form = element('form', close);
  form.method = 'dialog';
  dialog.className = 'keyboard';
  dialog.setAttribute('aria-labelledby', title.id);
  const groups = element('div', ...tables);
  groups.className = 'keyboard-groups';
  dialog.replaceChildren(
    element('header', title, form),
    element('p', element('label', box, ' Keys of one letter or sign')),
    note,
    groups,
  );
}

dialog.addEventListener('click', ({ target }) => {
  if (target === dialog) dialog.close();
});
const sheet = new CSSStyleSheet();
sheet.replaceSync(button + styles);
document.adoptedStyleSheets.push(sheet);
document.body.append(dialog);

function open(): void {
  if (dialog.open) return;
  // Another page may have switched the keys.
  draw();
  dialog.showModal();
}
addEventListener('portway:keyboard', open);
open();
