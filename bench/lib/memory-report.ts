// Loaded before a server whose memory is measured: collects garbage when asked over the channel, and answers with what
// is left. The same for every peer, so that none is charged for garbage that it has not collected yet.

process.on('message', (message) => {
  if (message !== 'memory') return;
  // A second collection takes what the finalisers of the first let go.
  globalThis.gc?.();
  setImmediate(() => {
    globalThis.gc?.();
    process.send?.(process.memoryUsage());
  });
});
// The channel alone is no reason to stay.
process.channel?.unref();
