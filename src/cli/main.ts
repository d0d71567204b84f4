// The `portway` command: finds the subcommand, prints help, and turns failures into one clear line.

import { type Command, CommandError } from './command.ts';

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  dev: async () => (await import('./dev.ts')).dev,
  replay: async () => (await import('./replay.ts')).replay,
  check: async () => (await import('./check.ts')).check,
  conformance: async () => (await import('./conformance.ts')).conformance,
  'proposal lint': async () => (await import('./proposal/lint.ts')).proposalLint,
  'proposal new': async () => (await import('./proposal/new.ts')).proposalNew,
  'proposal status': async () => (await import('./proposal/status.ts')).proposalStatus,
  'proposal publish': async () => (await import('./proposal/publish.ts')).proposalPublish,
  'proposal diff': async () => (await import('./proposal/diff.ts')).proposalDiff,
  'proposal show': async () => (await import('./proposal/show.ts')).proposalShow,
  'spec generate': async () => (await import('./spec-generate.ts')).specGenerate,
  'spec export': async () => (await import('./spec-export.ts')).specExport,
};

/** All commands, or those of a group such as `proposal`. */
async function help(group?: string): Promise<string> {
  const commands = Object.entries(COMMANDS).filter(
    ([name]) => group === undefined || name.startsWith(`${group} `),
  );
  const width = Math.max(...commands.map(([name]) => name.length)) + 2;
  const lines = await Promise.all(
    commands.map(async ([name, load]) => `  ${name.padEnd(width)}${(await load()).summary}`),
  );
  const what = group
    ? `portway ${group}: commands`
    : 'portway: the reference gateway and the tools of the Portway specification';
  return `${what}

Usage: portway ${group ? `${group} ` : ''}<command> [options]

Commands:
${lines.join('\n')}

\`portway ${group ? `${group} ` : ''}<command> --help\` describes a command.
`;
}

function isGroup(name: string): boolean {
  return Object.keys(COMMANDS).some((command) => command.startsWith(`${name} `));
}

/** Runs the command line. @returns the exit code: 0, 1 for a failure, 2 for wrong usage */
export async function main(args: readonly string[]): Promise<number> {
  const [first, second] = args;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    process.stdout.write(await help());
    return first === undefined ? 2 : 0;
  }
  const isCommand = (name: string) => Object.hasOwn(COMMANDS, name);
  const name =
    second !== undefined && isCommand(`${first} ${second}`) ? `${first} ${second}` : first;
  const load = isCommand(name) ? COMMANDS[name] : undefined;
  if (!load && isGroup(first) && (second === undefined || second === '--help' || second === '-h')) {
    process.stdout.write(await help(first));
    return second === undefined ? 2 : 0;
  }
  if (!load) {
    const [typed, where] = isGroup(first) ? [`${first} ${second}`, `${first} `] : [first, ''];
    console.error(
      `portway: there is no command \`${typed}\`. \`portway ${where}--help\` lists them.`,
    );
    return 2;
  }
  const command = await load();
  const rest = args.slice(name.split(' ').length);
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(command.usage);
    return 0;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    if (error instanceof CommandError) {
      console.error(`portway ${name}: ${error.message}`);
      return error.exitCode;
    }
    throw error;
  }
}
