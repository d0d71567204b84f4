// A program of a sandbox as a project that runs on the reader's machine: which files it has, and these as a zip.
// Knows nothing of pages, and takes the package `portway` as it is given.

import { strToU8, zip } from 'fflate';
import { commandOf, isPython } from './program.ts';
import { SCENARIO_FILE } from './state.ts';

/** What a project takes along, since it is on no registry. */
export interface PortwayPackage {
  /** Path inside the package to text. */
  readonly files: Readonly<Record<string, string>>;
  /** Libraries that a program may import, and the version that the sandbox has. */
  readonly libraries: Readonly<Record<string, string>>;
  /** Range of Node versions that it runs on. */
  readonly node: string;
}

export interface Project {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  /** Path of the file that has the application. */
  readonly entry: string;
  /** Path to text, `requests.http` among them. */
  readonly files: Readonly<Record<string, string>>;
}

/** Where the package stands in a project. */
const VENDOR = 'vendor/portway';

/**
 * Path to text of every file of a project. It runs with `npm install` and `npx portway dev app.ts`, or in Python with
 * `npx portway serve --python app`. A `README.md` and
 * a `tsconfig.json` of the program's own are left as they are; to its `package.json` is added what it needs to run.
 */
export function projectFiles(project: Project, portway: PortwayPackage): Record<string, string> {
  const { files } = project;
  return {
    ...(isPython(project)
      ? {
          'README.md': pythonReadme(project, portway),
          '.gitignore': 'node_modules/\n__pycache__/\n',
        }
      : {
          'README.md': readme(project, portway),
          'tsconfig.json': `${JSON.stringify(TSCONFIG, null, 2)}\n`,
          '.gitignore': 'node_modules/\n',
        }),
    ...files,
    'package.json': manifest(project, portway),
    ...Object.fromEntries(
      Object.entries(portway.files).map(([path, text]) => [`${VENDOR}/${path}`, text]),
    ),
  };
}

/** Files as a zip, in a folder named `folder`. `mtime` is what the files say of their age. */
export function zipFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
  mtime: Date = new Date(),
): Promise<Uint8Array<ArrayBuffer>> {
  const entries = Object.entries(files).map(
    ([path, text]) => [`${folder}/${path}`, strToU8(text)] as const,
  );
  return new Promise((resolve, reject) => {
    zip(Object.fromEntries(entries), { mtime, level: 6 }, (error, data) =>
      error ? reject(error) : resolve(data as Uint8Array<ArrayBuffer>),
    );
  });
}

const TSCONFIG = {
  compilerOptions: {
    target: 'esnext',
    module: 'nodenext',
    lib: ['esnext', 'dom', 'dom.iterable', 'dom.asynciterable'],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    // Node runs the files as they are: only what can be erased.
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    verbatimModuleSyntax: true,
  },
};

function manifest({ slug, summary, entry, files }: Project, portway: PortwayPackage): string {
  const theirs = recordOf(files['package.json']);
  const imported = Object.entries(portway.libraries).filter(([name]) =>
    Object.values(files).some((text) => imports(text, name)),
  );
  const value = {
    name: `portway-${slug}`,
    version: '0.0.0',
    private: true,
    description: summary,
    ...theirs,
    type: 'module',
    engines: { node: portway.node },
    scripts: {
      ...(isPython({ entry })
        ? { start: `portway ${commandOf(entry)}` }
        : {
            dev: `portway ${commandOf(entry)}`,
            start: `portway serve ${entry}`,
            check: `portway check ${entry}`,
          }),
      ...recordOf(theirs.scripts),
    },
    dependencies: {
      ...recordOf(theirs.dependencies),
      portway: `file:${VENDOR}`,
      ...Object.fromEntries(imported),
    },
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function imports(text: string, name: string): boolean {
  return text.includes(`from '${name}'`) || text.includes(`from "${name}"`);
}

/** An object, or the one that a text holds; an empty one where there is none. */
function recordOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'string') {
    try {
      return recordOf(JSON.parse(value) ?? undefined);
    } catch {
      return {};
    }
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

function readme({ title, summary, entry }: Project, { node }: PortwayPackage): string {
  return `# ${title}

${summary}

Needs Node ${node.replace('>=', '')} or newer.

\`\`\`
npm install
npx portway dev ${entry}
\`\`\`

It then answers on http://127.0.0.1:8000/, and starts anew when a file changes.

- \`npx portway check ${entry}\` sends what is in \`${SCENARIO_FILE}\` and names each requirement that is broken.
- \`npx portway serve ${entry}\` serves it as in production; \`npx portway --help\` lists the rest.
- \`${SCENARIO_FILE}\` opens in editors that know the \`.http\` format; lines with \`# @\` are for Portway alone.

The package \`portway\` is in \`${VENDOR}\`, since it is on no registry.
`;
}

function pythonReadme({ title, summary, entry }: Project, { node }: PortwayPackage): string {
  return `# ${title}

${summary}

Needs Node ${node.replace('>=', '')} or newer for the gateway, and CPython 3.9 or newer for the application.

\`\`\`
npm install
npx portway ${commandOf(entry)}
\`\`\`

It then answers on http://127.0.0.1:8000/. The gateway starts a worker process in Python, and calls the application in it.

- \`--workers 4\` starts four of them; \`--python-executable\` names another Python, such as that of a virtual environment.
- \`npx portway serve --help\` lists the rest.
- \`${SCENARIO_FILE}\` opens in editors that know the \`.http\` format; lines with \`# @\` are for Portway alone.

The package \`portway\` is in \`${VENDOR}\`, since it is on no registry. The part for Python is in its folder
\`dist/python\`; the command puts it on the path of the worker.
`;
}
