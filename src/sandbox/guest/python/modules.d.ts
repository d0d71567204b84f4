// Modules that the bundler of the guest takes as they are.

declare module '*.py' {
  const text: string;
  export default text;
}
declare module 'pyodide/pyodide.asm.mjs' {
  const createPyodideModule: (settings: object) => Promise<object>;
  export default createPyodideModule;
}
