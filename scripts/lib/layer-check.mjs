// Holds the sources of a project to the layer rules: dependency-cruiser for modules, our own reading
// for components. Knows nothing of printing.
import { cruise } from 'dependency-cruiser';
import config from '../../.dependency-cruiser.mjs';
import { componentImports } from './component-imports.mjs';

/**
 * @typedef {{ rule: string, from: string, to: string, comment: string }} Violation
 * @param {string} folder a project with a src/ folder
 * @returns {Promise<{ files: number, imports: number, violations: Violation[] }>}
 */
export async function checkLayers(folder) {
  const { enhancedResolveOptions, ...options } = config.options;
  const { output } = await cruise(
    ['src'],
    { ...options, baseDir: folder, validate: true, ruleSet: { forbidden: config.forbidden } },
    enhancedResolveOptions,
  );
  const comments = new Map(config.forbidden.map(({ name, comment }) => [name, comment]));
  const cruised = output.summary.violations.map(({ rule, from, to, cycle }) => ({
    rule: rule.name,
    from,
    to: cycle ? cycle.map(({ name }) => name).join(' → ') : to,
    comment: comments.get(rule.name),
  }));

  const ofComponents = componentImports(folder);
  const inComponents = ofComponents.flatMap((found) =>
    config.forbidden
      .filter((rule) => forbids(rule, found))
      .map(({ name, comment }) => ({ rule: name, from: found.from, to: found.to, comment })),
  );
  const key = ({ rule, from, to }) => `${rule}\n${from}\n${to}`;
  const violations = new Map([...cruised, ...inComponents].map((found) => [key(found), found]));
  return {
    files: output.modules.filter(({ source }) => source.startsWith('src/')).length,
    imports: output.summary.totalDependenciesCruised + ofComponents.length,
    violations: [...violations.values()],
  };
}

/** Whether a rule, as dependency-cruiser writes it, forbids one import. Cycles are left to it. */
function forbids({ from, to }, found) {
  if (to.circular) return false;
  return (
    fits(found.from, from) &&
    fits(found.to, to) &&
    (to.dependencyTypes ?? found.types).every((type) => found.types.includes(type)) &&
    !(to.dependencyTypesNot ?? []).some((type) => found.types.includes(type))
  );
}

function fits(path, { path: wanted, pathNot: unwanted }) {
  const matches = (patterns) => [patterns].flat().some((pattern) => new RegExp(pattern).test(path));
  return (
    (wanted === undefined || matches(wanted)) && !(unwanted !== undefined && matches(unwanted))
  );
}
