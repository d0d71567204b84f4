// Opens the dialog of keys: by `?`, or by the button at the foot of the page, which is there for it. Part of every page,
// so the dialog itself comes when it is asked for.

// As the address of a file: see text-tools-load.ts.
import dialog from './keyboard-dialog.ts?worker&url';

export function offerKeyboard(button: HTMLElement): void {
  let loading: Promise<void> | undefined;
  const open = () => {
    if (loading) dispatchEvent(new Event('portway:keyboard'));
    loading ??= import(/* @vite-ignore */ dialog);
  };
  button.addEventListener('click', open);
  button.hidden = false;
  document.addEventListener('portway:key', (event) => {
    if ((event as CustomEvent<string>).detail !== '?' || document.querySelector('dialog[open]'))
      return;
    event.preventDefault();
    open();
  });
}
