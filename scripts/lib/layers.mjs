// The layer rules of src/, as data for dependency-cruiser. One table says who is above whom;
// the rules are made from it. Knows nothing of running a check.

/** Top to bottom. A folder imports what is below its row, and nothing of its own row. */
const rows = [
  ['pages'],
  ['site'],
  ['propose'],
  ['render'],
  ['explorer'],
  ['sandbox', 'cli'],
  ['client', 'conformance', 'worker'],
  ['gateway', 'app', 'checker'],
  ['interface', 'trace'],
];
/** `spec` stands beside `gateway`: it imports none of ours, and only these import it. */
const specReaders = ['pages', 'site', 'propose', 'render', 'cli'];

const all = [...rows.flat(), 'spec'];
const folders = (names) => `^src/(${names.join('|')})/`;
const except = (names) => all.filter((name) => !names.includes(name));

// Tests may also use their neighbours, Node and packages; they may not look up.
const tests = '\\.(test|bench)\\.[cm]?[jt]s$';
const nodeBuiltins = { dependencyTypes: ['core'] };

const goDown = rows.slice(1).map((row, index) => ({
  name: `imports-go-down-from-${row.join('-and-')}`,
  comment: 'Imports only go down: see the layers in architecture.md.',
  from: { path: folders(row) },
  to: { path: folders(rows.slice(0, index + 1).flat()) },
}));

const keepApart = rows
  .filter((row) => row.length > 1)
  .flatMap((row) => row.map((name) => [name, row.filter((other) => other !== name)]))
  .map(([name, others]) => ({
    name: `${name}-beside-${others.join('-')}`,
    comment: 'Folders of one layer do not import each other; move what both need down.',
    from: { path: folders([name]), pathNot: tests },
    to: { path: folders(others) },
  }));

const special = [
  {
    name: 'spec-imports-nothing-of-ours',
    comment: 'src/spec is pure: it runs in Node and in the browser, without the gateway.',
    from: { path: folders(['spec']) },
    to: { path: folders(except(['spec'])) },
  },
  {
    name: 'spec-is-read-from-above',
    comment: `Only ${specReaders.join(', ')} import src/spec; below, use what it generates in src/interface.`,
    from: { path: folders(except([...specReaders, 'explorer', 'spec'])) },
    to: { path: folders(['spec']) },
  },
  {
    name: 'explorer-takes-types-from-spec',
    comment: 'Islands must not carry the parser: use `import type`.',
    from: { path: folders(['explorer']), pathNot: tests },
    to: { path: folders(['spec']), dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'client-meets-gateway-in-memory-only',
    comment:
      'The client talks to gateways over sockets; only src/client/memory* runs one in memory. Frames are for both sides.',
    from: { path: folders(['client']), pathNot: ['^src/client/memory', tests] },
    to: {
      path: folders(['gateway']),
      pathNot: '^src/gateway/websocket/(client|close-codes|frames)\\.ts$',
    },
  },
  {
    name: 'guest-stays-small',
    comment:
      'What runs inside a sandbox takes only gateway, worker, client, app, interface and trace.',
    from: { path: '^src/sandbox/guest/', pathNot: tests },
    to: {
      path: folders(
        except(['sandbox', 'gateway', 'worker', 'client', 'app', 'interface', 'trace']),
      ),
    },
  },
  {
    name: 'interface-and-trace-import-nothing',
    comment: 'They are the ground: not even packages or Node.',
    from: { path: '^src/(interface|trace)/', pathNot: [tests, '^src/trace/compare'] },
    to: { pathNot: '^src/(interface|trace)/' },
  },
  {
    name: 'comparison-imports-diff-alone',
    comment: 'Two traces are aligned by a package; nothing that runs a conversation imports it.',
    from: { path: '^src/trace/compare', pathNot: tests },
    to: { pathNot: '^src/trace/|^node_modules/diff/' },
  },
  {
    name: 'conversation-without-io',
    comment:
      'The conversation is sans-I/O: itself, frames of WebSocket, interface and trace, no Node and no packages.',
    from: { path: '^src/gateway/conversation/', pathNot: tests },
    to: { pathNot: '^src/(gateway/(conversation|websocket/frames)|interface|trace)' },
  },
  {
    name: 'runs-in-the-browser',
    comment: 'This folder also runs in the browser, where there is no Node.',
    from: {
      path: folders(['spec', 'app', 'checker', 'explorer', 'render', 'propose']),
      pathNot: tests,
    },
    to: nodeBuiltins,
  },
  {
    name: 'folder-has-a-layer',
    comment: 'Name the new folder in scripts/lib/layers.mjs and in architecture.md.',
    from: {},
    to: { path: '^src/[^/]+/', pathNot: folders(all) },
  },
  {
    name: 'folder-has-a-layer-too',
    comment: 'Name the new folder in scripts/lib/layers.mjs and in architecture.md.',
    from: { path: '^src/[^/]+/', pathNot: folders(all) },
    to: {},
  },
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one file, or three.',
    from: {},
    to: { circular: true },
  },
];

export const layerRules = [...goDown, ...keepApart, ...special].map((rule) => ({
  severity: 'error',
  ...rule,
}));
