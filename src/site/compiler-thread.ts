// The thread of compiler.ts: compiles what its parent asks for, says what came of it, and ends.
import { relative } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import ts from 'typescript';
import type { Compilation } from './compiler.ts';

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
};

function compiled({ what, folder, entry }: Compilation): Record<string, string> {
  const texts: Record<string, string> = {};
  const add = (path: string, text: string) => {
    texts[relative(folder, path).replaceAll('\\', '/')] = text;
  };
  if (what === 'declarations') {
    const program = ts.createProgram([`${folder}/${entry}`], {
      ...OPTIONS,
      lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      strict: true,
      allowImportingTsExtensions: true,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: folder,
    });
    program.emit(undefined, add);
  } else {
    // Nothing is checked: what matters is which files there are.
    const program = ts.createProgram([`${folder}/${entry}`], { ...OPTIONS, noLib: true });
    for (const { fileName, text } of program.getSourceFiles())
      if (fileName.startsWith(`${folder}/`)) add(fileName, text);
  }
  return texts;
}

parentPort?.postMessage(compiled(workerData as Compilation));
