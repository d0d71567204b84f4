// Tells when npm, having started us, is gone. npm runs a script through a shell, and a SIGTERM ends
// npm and that shell without reaching the script, which would go on alone.

/** Calls back once when the process that started this one has ended; only below npm. */
export function whenParentEnds(callback) {
  // Started any other way, we may well be meant to outlive our parent (nohup, a service).
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    callback();
  }, 250);
  watch.unref();
}
