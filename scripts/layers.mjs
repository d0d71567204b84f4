// `npm run layers`: checks that imports go down only and that there are no cycles.
import { checkLayers } from './lib/layer-check.mjs';
import { main, root, Stop } from './lib/project.mjs';

main(async () => {
  const { files, imports, violations } = await checkLayers(root);
  if (files === 0) throw new Stop('No source was found in src/: the layer rules checked nothing.');
  for (const { rule, from, to, comment } of violations) {
    console.log(`${from} → ${to}\n  ${rule}: ${comment}`);
  }
  console.log(`${files} files, ${imports} imports, ${violations.length} violations`);
  return violations.length === 0 ? 0 : 1;
});
