// Types of index.mjs, for tests.
/** Arguments by kind: `wasm` has no WebGPU adapter, `webgpu` has one that computes in software. */
export const FLAGS: { readonly wasm: readonly string[]; readonly webgpu: readonly string[] }

/** The path of a Chromium, installed where there is none, or the reason why there is none. */
export function provideChromium(): { readonly path?: string; readonly reason?: string }
