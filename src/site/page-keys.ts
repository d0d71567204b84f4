// Hears keys without a modifier in one place, and passes those that are meant for the page on as `portway:key`, from
// where they were pressed, with the key as its detail. Who acts on one prevents its default.
import { singleKey } from './single-key.ts';

export function hearKeys(): void {
  document.addEventListener('keydown', (event) => {
    const detail = singleKey(event);
    if (detail === undefined) return;
    const key = new CustomEvent('portway:key', { detail, bubbles: true, cancelable: true });
    if (event.target?.dispatchEvent(key) === false) event.preventDefault();
  });
}
