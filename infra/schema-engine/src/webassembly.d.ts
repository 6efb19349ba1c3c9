/** What is used here of the global that every Node has; @types/node leaves it to the browser's library. */
declare namespace WebAssembly {
  function instantiate(
    bytes: Uint8Array,
    imports: Record<string, Record<string, unknown>>,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
  class RuntimeError extends Error {}
}
