// The `portway` command: finds the subcommand, prints help, and turns failures into one clear line.

import { type Command, CommandError } from './command.ts';

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  check: async () => (await import('./check.ts')).check,
  'spec generate': async () => (await import('./spec-generate.ts')).specGenerate,
};

async function help(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(COMMANDS).map(
      async ([name, load]) => `  ${name.padEnd(16)}${(await load()).summary}`,
    ),
  );
  return `portway: the reference gateway and the tools of the Portway specification

Usage: portway <command> [options]

Commands:
${lines.join('\n')}

\`portway <command> --help\` describes a command.
`;
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
  if (!load) {
    console.error(`portway: there is no command \`${first}\`. \`portway --help\` lists them.`);
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
