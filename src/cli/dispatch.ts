// Finds the subcommand of a command line in a table, prints help, and turns failures into one clear line.

import { type Command, CommandError } from './command.ts';

/** Name, with its group, to what loads the command. */
export type Commands = Readonly<Record<string, () => Promise<Command>>>;

/** All commands, or those of a group such as `proposal`. */
async function help(table: Commands, group?: string): Promise<string> {
  const commands = Object.entries(table).filter(
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

function isGroup(table: Commands, name: string): boolean {
  return Object.keys(table).some((command) => command.startsWith(`${name} `));
}

/** Runs the command line. @returns the exit code: 0, 1 for a failure, 2 for wrong usage */
export async function dispatch(args: readonly string[], table: Commands): Promise<number> {
  const [first, second] = args;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    process.stdout.write(await help(table));
    return first === undefined ? 2 : 0;
  }
  const isCommand = (name: string) => Object.hasOwn(table, name);
  const name =
    second !== undefined && isCommand(`${first} ${second}`) ? `${first} ${second}` : first;
  const load = isCommand(name) ? table[name] : undefined;
  if (
    !load &&
    isGroup(table, first) &&
    (second === undefined || second === '--help' || second === '-h')
  ) {
    process.stdout.write(await help(table, first));
    return second === undefined ? 2 : 0;
  }
  if (!load) {
    const [typed, where] = isGroup(table, first)
      ? [`${first} ${second}`, `${first} `]
      : [first, ''];
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
