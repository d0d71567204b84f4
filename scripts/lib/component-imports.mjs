// Lists what .astro and .svelte files import. dependency-cruiser cannot read the first, and of the
// second it sees compiled code, from which the type imports are gone.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import ts from 'typescript';

/**
 * @typedef {{ from: string, to: string, types: string[] }} Import
 *   from and to: paths below the project; types: as dependency-cruiser names them
 */

/** @param {string} root @returns {Import[]} of every component below src/ */
export function componentImports(root) {
  return globSync('src/**/*.{astro,svelte}', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .flatMap((from) =>
      scriptsOf(readFileSync(join(root, from), 'utf8'))
        .flatMap(importsOf)
        .map(({ specifier, typeOnly }) => ({
          from,
          to: pathOf(root, from, specifier),
          types: [...(typeOnly ? ['type-only'] : []), ...(isBuiltin(specifier) ? ['core'] : [])],
        })),
    );
}

/** The front matter and the script elements of a component. */
function scriptsOf(source) {
  const frontMatter = /^\s*---\r?\n([\s\S]*?)\r?\n---/.exec(source)?.[1] ?? '';
  const elements = source.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g);
  return [frontMatter, ...[...elements].map(([, body]) => body)];
}

function importsOf(code) {
  const file = ts.createSourceFile('component.ts', code, ts.ScriptTarget.Latest, true);
  const found = [];
  const add = (node, typeOnly) => {
    if (node && ts.isStringLiteralLike(node)) found.push({ specifier: node.text, typeOnly });
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isTypeOnly({ importClause: clause }) {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return (
    !clause.name &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.length > 0 &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

function pathOf(root, from, specifier) {
  const plain = specifier.replace(/[?#].*$/, '');
  if (plain === 'portway') return 'src/app/index.ts';
  if (plain.startsWith('/src/')) return plain.slice(1);
  if (!plain.startsWith('.')) return isBuiltin(plain) ? plain : `node_modules/${plain}`;
  const path = posix.join(posix.dirname(from), plain);
  const tries = [path, `${path}.ts`, `${path}/index.ts`];
  return (
    tries.find((candidate) => /\.\w+$/.test(candidate) && existsSync(join(root, candidate))) ?? path
  );
}
