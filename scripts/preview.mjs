// `npm run preview`: serves dist/ as a static host does, with the headers of dist/_headers.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages } from './lib/install.mjs';
import { belowNpm, whenParentEnds } from './lib/parent.mjs';
import { main, root, Stop } from './lib/project.mjs';

main(async (args) => {
  const { port, host, folder, withParent } = parseOptions(args);
  if (!existsSync(join(folder, 'index.html'))) {
    throw new Stop(`${folder} holds no built site: run \`npm run build\` first.`);
  }
  await ensurePackages();
  // Only now, because it needs a package.
  const { siteHandler } = await import('./lib/site-handler.mjs');
  const server = createServer(siteHandler(folder));
  await new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, host, resolve);
  }).catch((error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Stop(`Port ${port} is in use: choose another with \`npm run preview -- --port 0\`.`);
  });
  console.log(`Serving dist at http://${host}:${server.address().port}/`);
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  if (belowNpm || withParent) whenParentEnds(stop);
  return 0;
});

function parseOptions(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '4321' },
        host: { type: 'string', default: '127.0.0.1' },
        'with-parent': { type: 'boolean', default: false },
        dist: { type: 'string', default: join(root, 'dist') },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new Error(`--port must be a number from 0 to 65535, not \`${values.port}\`.`);
    }
    return { port, host: values.host, folder: values.dist, withParent: values['with-parent'] };
  } catch (error) {
    throw new Stop(
      `${error.message}\n\nnpm run preview [-- --port N --host ADDRESS --dist FOLDER --with-parent]`,
      2,
    );
  }
}
