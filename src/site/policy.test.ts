// The step behind the build that writes its content security policy into each page.
import { expect, test } from 'vitest';
import { withPolicy } from './policy.ts';

const page = (head: string, body = '') =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A</title>${head}</head><body>${body}</body></html>`;

function directives(html: string): Record<string, string> {
  const [, policy = ''] =
    /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html) ?? [];
  return Object.fromEntries(
    policy.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')];
    }),
  );
}

test('a page that is only read allows nothing but its own origin', () => {
  expect(directives(withPolicy(page('')))).toEqual({
    'default-src': "'none'",
    'script-src': "'self' 'wasm-unsafe-eval'",
    'style-src-elem': "'self'",
    'style-src-attr': "'unsafe-inline'",
    'img-src': "'self' data:",
    'font-src': "'self'",
    'connect-src': "'self'",
    'worker-src': "'self'",
    'base-uri': "'none'",
    'form-action': "'none'",
  });
});

test('scripts and styles that stand in the page are named by their hashes, each once', () => {
  // The hash of `alert('Hello, world.');` is the example of CSP Level 3, section 2.3.1.
  const script = "<script>alert('Hello, world.');</script>";
  const { 'script-src': scripts, 'style-src-elem': styles } = directives(
    withPolicy(page(`${script}<style>p{}</style>`, script)),
  );
  expect(scripts).toBe(
    "'self' 'wasm-unsafe-eval' 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='",
  );
  expect(styles).toMatch(/^'self' 'sha256-[\w+/]{43}='$/);
});

test('data, scripts with an address and templates are no inline scripts', () => {
  const { 'script-src': scripts } = directives(
    withPolicy(
      page(
        '<script type="application/json">{}</script><script src="/a.js"></script>',
        '<template><script>b</script></template>',
      ),
    ),
  );
  expect(scripts).toBe("'self' 'wasm-unsafe-eval'");
});

test('a page with a sandbox may frame the container, make styles and send a project, and run no other script', () => {
  const policy = directives(
    withPolicy(page('<style>p{}</style>', '<astro-island></astro-island>')),
  );
  expect(policy).toMatchObject({
    'script-src': "'self' 'wasm-unsafe-eval'",
    'style-src-elem': "'self' 'unsafe-inline'",
    'frame-src': "'self' https://stackblitz.com",
    'font-src': "'self' data:",
    'worker-src': "'self' blob:",
    'form-action': 'https://stackblitz.com',
    'connect-src': "'self'",
  });
});

test('a page that shows another of ours in a frame may do that, and frame nothing else', () => {
  const policy = directives(withPolicy(page('', '<iframe src="/embed/hello/"></iframe>')));
  expect(policy['frame-src']).toBe("'self'");
  expect(policy['form-action']).toBe("'none'");
});

test('the policy stands before everything that it governs', () => {
  expect(withPolicy(page('<script>a</script>'))).toMatch(
    /<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="[^"]+"><title>/,
  );
});

test('a page with a policy of its own keeps it', () => {
  const own = page(
    `<meta http-equiv="content-security-policy" content="default-src 'self'"><script>a</script>`,
  );
  expect(withPolicy(own)).toBe(own);
});

test('a page without a place for the policy is an error, and not a page without one', () => {
  expect(() => withPolicy('<title>A</title><script>a</script>')).toThrow(/<meta charset>/);
});
