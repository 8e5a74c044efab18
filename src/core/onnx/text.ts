/**
 * @file UTF-8 for attribute strings. `TextDecoder` is not in the pure ES2023 library that core compiles against;
 * percent-decoding is, and attribute strings are short. Bytes that are no text give null.
 */
export function decodeUtf8(bytes: Uint8Array): string | null {
  const escaped = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  try {
    return decodeURIComponent(escaped);
  } catch {
    return null;
  }
}

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (let rest = encodeURIComponent(text); rest !== '';) {
    const escaped = rest.startsWith('%');
    bytes.push(escaped ? parseInt(rest.slice(1, 3), 16) : rest.charCodeAt(0));
    rest = rest.slice(escaped ? 3 : 1);
  }
  return Uint8Array.from(bytes);
}
