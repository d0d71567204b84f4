// `npm start`: installs what is missing and serves the site, reloading as files change.
// Plain JavaScript without dependencies, because it runs on Node 20 in a fresh clone.
import { astro, withDefaults } from './lib/astro.mjs';
import { main } from './lib/project.mjs';

main((args) =>
  astro([
    'dev',
    // This server ends with us, so Astro need not keep track of it; Astro refuses both together.
    ...(args.includes('--force') ? [] : ['--ignore-lock']),
    ...withDefaults(args, { '--port': '4321', '--host': '127.0.0.1' }),
  ]),
);
