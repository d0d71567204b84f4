#!/usr/bin/env node
// Starts the `portway` command with a Node that runs TypeScript as it is: this one, or the one in node_modules.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Without its packages nothing runs: that is no fault of the program, and needs no stack. */
function orMissingPackages(error) {
  const [, name] = /Cannot find package '([^']+)'/.exec(error?.message) ?? [];
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || name === undefined) throw error;
  console.error(`portway: the package \`${name}\` is missing. Run \`npm install\` here first.`);
  process.exit(1);
}

const main = new URL('../src/cli/main.ts', import.meta.url);

if (process.features.typescript) {
  const { main: run } = await import(main.href).catch(orMissingPackages);
  const code = await run(process.argv.slice(2));
  // An application that a command has run may have timers and connections of its own: everything is printed, then ended.
  for (const stream of [process.stdout, process.stderr])
    await new Promise((done) => stream.write('', done));
  process.exit(code);
} else {
  const local = fileURLToPath(
    new URL(
      `../node_modules/.bin/node${process.platform === 'win32' ? '.cmd' : ''}`,
      import.meta.url,
    ),
  );
  if (!existsSync(local)) {
    console.error(
      `portway: needs Node 22.18 or newer (this is ${process.version}). Run \`npm install\` here, which brings one.`,
    );
    process.exit(1);
  }
  const child = spawn(local, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // A terminal sends Ctrl+C to both: handed on, it would be a second one.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  child.on('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 1);
  });
}
