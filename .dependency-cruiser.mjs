// Configuration of dependency-cruiser, for its command and for scripts/layers.mjs.
import { layerRules } from './scripts/lib/layers.mjs';

export default {
  forbidden: layerRules,
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type imports are imports too: a layer that needs the types of another depends on it.
    tsPreCompilationDeps: true,
    // With these our own name, `portway`, resolves through the exports of package.json.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
