// `npm run build`: installs what is missing and writes the site to dist/.
import { astro } from './lib/astro.mjs';
import { main } from './lib/project.mjs';

main((args) => astro(['build', ...args]));
