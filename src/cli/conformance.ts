// `portway conformance`: runs the conformance suite over the reference gateway, or over a gateway at a URL.

import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { PlacedCase } from '../conformance/case.ts';
import { loadCases } from '../conformance/cases.ts';
import { DRIVERS } from '../conformance/names.ts';
import { type Report, reportOf, standing, type Tally } from '../conformance/report.ts';
import { type Result, runCases } from '../conformance/run.ts';
import { OTHER_SERVERS, type ServerReport, type ServersReport } from '../conformance/servers.ts';
import { inProcess, remote, type Target } from '../conformance/target.ts';
import { INTERFACE_VERSION } from '../interface/index.ts';
import { REQUIREMENTS } from '../interface/requirements.generated.ts';
import { exemptIn } from '../spec/lint/subjects.ts';
import { type Command, CommandError, parseOptions } from './command.ts';
import { pythonVersion, runOver, serversOf } from './conformance-servers.ts';
import { ROOT } from './drafts.ts';
import { readLibrary } from './proposal/repository.ts';

const NAME = 'conformance';

export const conformance: Command = {
  summary: 'run the conformance suite over a gateway',
  usage: `portway conformance: run the conformance suite over a gateway

Usage: portway conformance [--target memory|h1|h2|URL] [--only ID|AREA] [--json] [--out FILE]
       portway conformance --server NAME,… [--python-executable P] [--only ID|AREA] [--json] [--out FILE]

  --target memory|h1|h2   the reference gateway: in this process, or over a socket with HTTP/1.1 or HTTP/2
                          (default: all three, one after the other)
  --target URL            a gateway that somebody has started, such as http://127.0.0.1:8000. In one process, it runs
                          src/conformance/application.ts. Cases that need to be its operator are skipped
  --http2                 speak HTTP/2 with prior knowledge to that URL
  --server NAME,…         servers of others that call Python, each through the adapter of proposal 9: ${OTHER_SERVERS.map(({ name }) => name).join(', ')},
                          or all. They are started here; what fails is reported and is no failure of this command
  --python-executable P   the CPython that has them (default: python3)
  --only ID|AREA          a requirement, all that begin with it (\`http.request\`), or an area (\`http-response\`)
  --json                  print the report as JSON instead of a table
  --out FILE              write the report as JSON to FILE

Exits with 1 if a case has failed, and says what each has seen. The report that the site shows is made by
\`portway conformance --out content/conformance/report.json\`, and that of other servers by
\`portway conformance --server all --out content/conformance/servers.json\`.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        target: { type: 'string' },
        http2: { type: 'boolean', default: false },
        server: { type: 'string' },
        'python-executable': { type: 'string' },
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        out: { type: 'string' },
      },
      NAME,
    );
    const usage = (message: string) =>
      new CommandError(`${message} See \`portway ${NAME} --help\`.`, 2);
    const [first] = positionals;
    if (first !== undefined) {
      throw usage(`takes no arguments, and got \`${first}\`. Name a gateway with --target.`);
    }
    if (values.out === '') throw usage('--out needs the name of a file.');
    const { server, 'python-executable': python = 'python3' } = values;
    if (server !== undefined && (values.target !== undefined || values.http2)) {
      throw usage('--server starts its target itself, and takes neither --target nor --http2.');
    }
    const targets = targetsOf(values.target, values.http2 === true, usage);
    const servers = server === undefined ? [] : serversOf(server);
    const all = await loadCases();
    const cases = all.filter((one) => values.only === undefined || isOf(one, values.only));
    if (cases.length === 0) {
      throw usage(
        `no case is of \`${values.only}\`: neither a requirement nor an area of the suite.`,
      );
    }

    if (servers.length > 0) {
      const reports: ServerReport[] = [];
      for (const one of servers) reports.push(...(await runOver(one, cases, all, python)));
      const commit = commitOf(ROOT);
      const report: ServersReport = {
        date: new Date().toISOString(),
        ...(commit === undefined ? {} : { commit }),
        command: ['portway', NAME, ...args].join(' '),
        versions: {
          interface: INTERFACE_VERSION,
          node: process.versions.node,
          python: pythonVersion(python),
        },
        servers: reports,
      };
      const text = `${JSON.stringify(report, null, 2)}\n`;
      if (values.out !== undefined) await save(values.out, text);
      if (values.json) process.stdout.write(text);
      else console.log(tableOfServers(reports));
      return 0;
    }

    const results: Result[] = [];
    for (const target of targets) results.push(...(await runCases(cases, target)));
    const report = await makeReport(results, cases, all.length, values.target, args);
    const text = `${JSON.stringify(report, null, 2)}\n`;
    if (values.out !== undefined) await save(values.out, text);
    if (values.json) process.stdout.write(text);
    else console.log(table(report));
    return report.failures.length > 0 ? 1 : 0;
  },
};

function isOf({ requirement, area }: PlacedCase, only: string): boolean {
  return requirement === only || area === only || requirement.startsWith(`${only}.`);
}

function targetsOf(
  named: string | undefined,
  http2: boolean,
  usage: (message: string) => CommandError,
): readonly Target[] {
  const here = DRIVERS.filter((name) => named === undefined || name === named);
  if (here.length > 0) {
    if (http2) throw usage('--http2 is for the URL of a gateway.');
    return here.map((driver) => inProcess(driver));
  }
  if (named === undefined || !URL.canParse(named)) {
    throw usage(`\`${named}\` is no target: ${DRIVERS.join(', ')}, or a URL.`);
  }
  const { protocol, hostname, port, pathname } = new URL(named);
  if (protocol !== 'http:' || pathname !== '/') {
    throw usage(`the suite speaks to URLs such as http://127.0.0.1:8000, not to \`${named}\`.`);
  }
  const host = hostname.replace(/^\[|\]$/g, '');
  return [remote(host, Number(port || 80), http2 ? 'h2' : 'h1')];
}

function tableOfServers(reports: readonly ServerReport[]): string {
  return reports
    .map(({ server, version, adapter, driver, total: { pass, fail, skip } }) =>
      [
        `${server} ${version}`.padEnd(20),
        adapter.padEnd(9),
        driver.padEnd(4),
        `${pass} pass, ${fail} fail, ${skip} left out`,
      ].join(' '),
    )
    .join('\n');
}

/** Of all requirements, or of those that the chosen cases are about. */
async function makeReport(
  results: readonly Result[],
  cases: readonly PlacedCase[],
  total: number,
  target: string | undefined,
  args: readonly string[],
): Promise<Report> {
  const library = await readLibrary(ROOT);
  const about = new Set(cases.map(({ requirement }) => requirement));
  const isUrl = target !== undefined && URL.canParse(target);
  const commit = commitOf(ROOT);
  return reportOf(results, {
    gateway: isUrl ? target : `portway ${INTERFACE_VERSION}`,
    date: new Date().toISOString(),
    ...(commit === undefined ? {} : { commit }),
    command: ['portway', NAME, ...args].join(' '),
    versions: { interface: INTERFACE_VERSION, node: process.versions.node },
    requirements: Object.keys(REQUIREMENTS).filter((id) => cases.length === total || about.has(id)),
    tests: library.tests ?? new Map(),
    untested: new Map([...exemptIn(library)].map(([id, { reason }]) => [id, reason])),
  });
}

function commitOf(root: string): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

async function save(path: string, text: string): Promise<void> {
  const file = resolve(path);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    throw new CommandError(`cannot write ${path}: ${(error as Error).message}.`);
  }
}

/** One line a requirement with cases, one column a driver, then what has failed and the sums. */
function table({ totals, requirements, failures }: Report): string {
  const drivers = DRIVERS.filter((driver) => totals[driver]);
  const rows = requirements.filter(({ drivers: row }) => Object.keys(row).length > 0);
  const width = Math.max(...rows.map(({ requirement }) => requirement.length)) + 2;
  const line = (name: string, cells: readonly string[]) =>
    `${name.padEnd(width)}${cells.map((cell) => cell.padEnd(12)).join('')}`.trimEnd();
  return [
    line('requirement', drivers),
    ...rows.map(({ requirement, drivers: row }) =>
      line(
        requirement,
        drivers.map((driver) => cell(row[driver])),
      ),
    ),
    ...failures.map(
      ({ requirement, title, driver, message }) =>
        `\n${requirement}: ${title} [${driver}]\n${message.replace(/^/gm, '  ')}`,
    ),
    '',
    ...drivers.map((driver) => {
      const { pass = 0, fail = 0, skip = 0 } = totals[driver] ?? {};
      return `${driver}: ${pass} passed, ${fail} failed, ${skip} skipped`;
    }),
  ].join('\n');
}

function cell(tally: Tally | undefined): string {
  if (!tally) return '-';
  const { pass, fail } = tally;
  return standing(tally) === 'fail' ? `fail ${fail}/${pass + fail}` : standing(tally);
}
