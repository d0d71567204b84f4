// Security and privacy of a built site: each laxity and each refusal is found, and what only looks like it is not.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { body, cases, HEADERS, head, POLICY, page, sha256 } from './site-fixture.mjs';
import { allowsInline, checkPolicy, parsePolicy } from './site-policy.mjs';

const withPolicy = (policy, html = '') => head(html, { policy });
const headers = (more) => ({ _headers: `${HEADERS}${more}` });
const script = '<script>go()</script>';
const style = '<style>p{}</style>';

cases(checkPolicy, {
  'a page without a policy': {
    fault: withPolicy(''),
    says: /no content security policy/,
    near: {
      ...withPolicy(''),
      _headers: HEADERS.replace(
        '/\n  Content-Security-Policy: ',
        `/\n  Content-Security-Policy: ${POLICY}; `,
      ),
    },
  },
  'a policy behind what it should govern': {
    fault: {
      'index.html': page({
        policy: '',
        head: `<link rel="stylesheet" href="/s.css"><meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
      }),
      's.css': '',
    },
    says: /stands behind what it should govern/,
    near: { ...head('<link rel="stylesheet" href="/s.css">'), 's.css': '' },
  },
  'an inline script that the policy does not name': {
    fault: head(script),
    says: /forbids the script `go\(\)`/,
    near: withPolicy(
      POLICY.replace("script-src 'self'", `script-src 'self' ${sha256('go()')}`),
      script,
    ),
  },
  'an inline script of which a blank has changed': {
    fault: withPolicy(
      POLICY.replace("script-src 'self'", `script-src 'self' ${sha256('go() ')}`),
      script,
    ),
    says: /forbids the script/,
    near: head(
      '<script type="application/json">go()</script><template><script>go()</script></template>',
    ),
  },
  'an inline style that the policy does not name': {
    fault: head(style),
    says: /forbids the style `p\{\}`/,
    near: withPolicy(
      POLICY.replace("style-src 'self'", `style-src 'self' ${sha256('p{}')}`),
      style,
    ),
  },
  'a frame that the policy forbids': {
    fault: body('<iframe title="A" src="/a/"></iframe>'),
    says: /forbids `<iframe>` of our own origin \(frame-src\)/,
    near: {
      'index.html': page({
        policy: `${POLICY}; frame-src 'self'`,
        body: '<h1>H</h1><iframe title="A" src="/a/"></iframe>',
      }),
    },
  },
  'an icon that the policy forbids': {
    fault: head('<link rel="shortcut icon" href="/i.svg">'),
    says: /forbids `<link>` of our own origin \(img-src\)/,
    near: head('<link rel="shortcut icon" href="/i.svg">', { policy: `${POLICY}; img-src 'self'` }),
  },
  'a style attribute that the policy forbids': {
    fault: body('<p style="--n: 1">x</p>'),
    says: /forbids `<p style>`/,
    near: {
      'index.html': page({
        policy: `${POLICY}; style-src-attr 'unsafe-inline'`,
        body: '<h1>H</h1><p style="--n: 1">x</p>',
      }),
    },
  },
  'an inline event handler': {
    fault: body('<button type="button" onclick="go()">x</button>'),
    says: /`<button onclick>` handles an event inline/,
    near: body('<button type="button" data-onclick="go()">x</button>'),
  },
  'a link that is a script': {
    fault: body('<a href=" javascript:go()">x</a>'),
    says: /`<a href>` is a script/,
    near: body('<a href="/javascript:go()">x</a>'),
  },
  'a policy that lets any inline script run': {
    fault: withPolicy(
      `${POLICY.replace("script-src 'self'", "script-src 'unsafe-inline'")}; script-src-attr 'none'`,
    ),
    says: /lets any inline script run \(script-src-elem\)/,
    // Beside a hash it means nothing.
    near: withPolicy(
      POLICY.replace("script-src 'self'", `script-src 'unsafe-inline' ${sha256('go()')}`),
    ),
  },
  'a policy that lets text become code': {
    fault: withPolicy(POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'")),
    says: /unsafe-eval/,
    near: withPolicy(POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")),
  },
  'a policy that takes scripts from anywhere': {
    fault: withPolicy(POLICY.replace("script-src 'self'", 'script-src https:')),
    says: /takes scripts from anywhere/,
    near: withPolicy(POLICY.replace("script-src 'self'", 'script-src https://site.example')),
  },
  'a policy that lets plug-ins in': {
    fault: withPolicy(POLICY.replace("default-src 'none'", "default-src 'self'")),
    says: /plug-ins/,
    near: withPolicy(
      `${POLICY.replace("default-src 'none'", "default-src 'self'")}; object-src 'none'`,
    ),
  },
  'a policy that does not say where forms go': {
    fault: withPolicy(POLICY.replace("; form-action 'none'", '')),
    says: /does not say `form-action`/,
    near: withPolicy(`${POLICY.replace("; form-action 'none'", '')}; FORM-ACTION 'self'`),
  },
  'a header that is not sent': {
    fault: {
      _headers: HEADERS.replace(/ {2}Permissions-Policy.*\n/, '').replace(
        '/a/*',
        '/a/*\n  Permissions-Policy: camera=()',
      ),
    },
    says: /sent without `permissions-policy`/,
    near: { _headers: HEADERS.replace('Permissions-Policy', 'permissions-POLICY') },
  },
  'a page that anybody may frame': {
    fault: { 'b/index.html': page({ name: 'B' }) },
    says: /Any page may frame it/,
    file: 'b/index.html',
    near: { 'embed/b/index.html': page({ name: 'B' }) },
  },
  'a sandbox to embed that nobody may frame': {
    fault: {
      'embed/b/index.html': page({ name: 'B' }),
      ...headers("\n/embed/*\n  Content-Security-Policy: frame-ancestors 'self'\n"),
    },
    says: /may not frame it/,
    file: 'embed/b/index.html',
    near: { 'embed/b/index.html': page({ name: 'B' }) },
  },
  'a document that runs any program, in our own origin': {
    fault: {
      'b/index.html': page({
        name: 'B',
        policy: POLICY.replace("script-src 'self'", "script-src 'unsafe-eval'"),
      }),
      ...headers('\n/b/*\n  Content-Security-Policy: sandbox allow-scripts allow-same-origin\n'),
    },
    says: /unsafe-eval/,
    file: 'b/index.html',
    near: {
      'b/index.html': page({
        name: 'B',
        policy: POLICY.replace("script-src 'self'", "script-src 'unsafe-eval'"),
      }),
      ...headers('\n/b/*\n  Content-Security-Policy: sandbox allow-scripts\n'),
    },
  },
  'a script from elsewhere': {
    fault: head('<script src="https://cdn.example/x.js"></script>'),
    says: /`<script src="https:\/\/cdn.example\/x.js">` fetches from cdn.example/,
    near: head('<script src="/x.js"></script>'),
  },
  'a font from elsewhere, announced': {
    fault: head('<link rel="dns-prefetch" href="//fonts.example">'),
    says: /fetches from fonts.example/,
    near: head('<link rel="author license" href="https://fonts.example/">'),
  },
  'an image from elsewhere': {
    fault: body('<img alt="" src="//img.example/1.png">'),
    says: /img.example/,
    near: body('<a href="https://img.example/1.png">x</a>'),
  },
  'a style sheet that fetches from elsewhere': {
    fault: { 's.css': '@import "https://fonts.example/a.css";' },
    says: /fetches from fonts.example/,
    file: 's.css',
    near: {
      's.css': 'p::after{content:"https://fonts.example/"} /* url(https://fonts.example/) */',
    },
  },
  'more rules than hosts read': {
    fault: headers(Array.from({ length: 98 }, (_, n) => `\n/n${n}\n  X-N: ${n}\n`).join('')),
    says: /101 rules; hosts read 100/,
    file: '_headers',
    near: headers(Array.from({ length: 97 }, (_, n) => `\n/n${n}\n  X-N: ${n}\n`).join('')),
  },
  'a longer line than hosts read': {
    fault: headers(`\n/n\n  X-N: ${'n'.repeat(1994)}\n`),
    says: /longer than the 2000 characters/,
    file: '_headers',
    near: headers(`\n/n\n  X-N: ${'n'.repeat(1993)}\n`),
  },
});

test('inline content is judged by the most special directive, and by hashes of three lengths', () => {
  const hash = (bits) => `'sha${bits}-${createHash(`sha${bits}`).update('x').digest('base64')}'`;
  const allowed = (policy, kind, text = 'x') => allowsInline(parsePolicy(policy), kind, text);
  for (const bits of [256, 384, 512]) {
    expect(allowed(`script-src ${hash(bits)}`, 'script-src-elem')).toBe(true);
    expect(allowed(`script-src ${hash(bits)}`, 'script-src-elem', 'y')).toBe(false);
  }
  expect(allowed("default-src 'none'", 'style-src-attr')).toBe(false);
  expect(allowed("style-src 'none'; style-src-attr 'unsafe-inline'", 'style-src-attr')).toBe(true);
  expect(allowed("style-src-elem 'none'; style-src 'unsafe-inline'", 'style-src-elem')).toBe(false);
  expect(allowed(`style-src ${hash(256)}`, 'style-src-attr')).toBe(false);
  expect(allowed(`style-src 'unsafe-hashes' ${hash(256)}`, 'style-src-attr')).toBe(true);
  expect(allowed("script-src 'unsafe-inline' 'nonce-a'", 'script-src-elem')).toBe(false);
  expect(allowed("img-src 'none'", 'script-src-elem')).toBe(true);
  // Of two directives with one name the first counts.
  expect(allowed("script-src 'none'; script-src 'unsafe-inline'", 'script-src-elem')).toBe(false);
});
