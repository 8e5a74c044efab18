/** @file Modules that the build makes from other languages (see build/). */
declare module '*.wgsl?raw' {
  const source: string;
  export default source;
}
declare module '*.as.ts?wasm' {
  /** Bytes of the WebAssembly module compiled from the AssemblyScript source. */
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;
  export default classes;
}
declare module '*.css';
declare module '*?url' {
  const url: string;
  export default url;
}
declare module '*.as.ts?raw' {
  const source: string;
  export default source;
}
declare module '*.ts?raw' {
  const source: string;
  export default source;
}
