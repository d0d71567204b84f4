// Gives the reader a file that was made in the page. Knows nothing of what is in it.

/** Downloads under this name. */
export function save(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken what it needs once the click is over, but not all of them at once.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
