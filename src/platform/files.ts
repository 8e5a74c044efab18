/** @file Files in and out of the page; nothing leaves the device but through the visitor's own download. */

/** Offers `text` as a download named `name`. */
export function downloadText(name: string, text: string, type = 'application/json'): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The click starts the download synchronously; the URL may go after it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
