// The sandbox: running a reader's program in a place that cannot hurt the reader, and telling what happened.

export type { Arming, ControlCommand } from './control.ts';
export * from './program.ts';
export type { Failure, LogLine, Runtime, RuntimeId } from './runtime.ts';
export { pageRuntime } from './runtimes/page.ts';
export { pythonRuntime } from './runtimes/python.ts';
export { type CrashFlag, webContainerRuntime } from './runtimes/webcontainer.ts';
export { Sandbox, type SandboxOptions } from './sandbox.ts';
export * from './state.ts';
