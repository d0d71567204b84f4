// The playground's addresses: `?example=slug`, or a link whose code belongs to another example than the one that is
// shown, lead to that example, with all else that the address carries.
import { decodeShared, isSharedFragment, SharedError } from '../sandbox/share.ts';

/** Goes to the example that the address asks for, if there is one that is not shown. Says so where there is none. */
export async function openAsked(): Promise<void> {
  const asked = new URLSearchParams(location.search).get('example') ?? (await exampleOfLink());
  if (asked === undefined || document.querySelector(`figure[data-example="${CSS.escape(asked)}"]`))
    return;
  const start = document.querySelector<HTMLAnchorElement>(`a[data-start="${CSS.escape(asked)}"]`);
  if (start) {
    const to = new URL(start.href);
    if (new URLSearchParams(location.search).has('safe')) to.search = '?safe';
    to.hash = location.hash;
    location.replace(to);
    return;
  }
  const notice = document.querySelector('[data-unknown-example]');
  notice?.removeAttribute('hidden');
  notice?.append(` It was asked for as “${asked}”.`);
}

async function exampleOfLink(): Promise<string | undefined> {
  if (!isSharedFragment(location.hash)) return undefined;
  const shared = await decodeShared(location.hash);
  return shared instanceof SharedError ? undefined : shared.example;
}
