// Tells when the process that started this one is gone. npm runs a script through a shell, and a
// SIGTERM ends npm and that shell without reaching the script, which would go on alone.

/** Whether we run below npm. Started any other way, we may be meant to outlive our parent (nohup). */
export const belowNpm = process.env.npm_lifecycle_event !== undefined;

/** Calls back once when the process that started this one has ended. */
export function whenParentEnds(callback) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    callback();
  }, 250);
  watch.unref();
}
