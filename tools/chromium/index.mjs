// Chromium for tests and benchmarks: found or installed, and how to start it.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findChromium } from './find.mjs'
import { INSTALLERS } from './install.mjs'
import { withLock } from './lock.mjs'

const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // An origin on this machine that is not secure, as 127.0.0.1 would be.
  '--host-resolver-rules=MAP plain.test 127.0.0.1',
]

/** Arguments by kind: `wasm` has no WebGPU adapter, `webgpu` has one that computes in software. */
export const FLAGS = {
  wasm: QUIET,
  webgpu: [
    ...QUIET,
    '--enable-unsafe-webgpu',
    '--use-webgpu-adapter=swiftshader',
    '--enable-features=Vulkan',
    '--use-vulkan=swiftshader',
    '--use-angle=swiftshader',
  ],
}

/**
 * The path of a Chromium, installed where there is none, or the reason why there is none. Progress
 * goes to stderr. Throws where CHROMIUM_PATH names none.
 */
export function provideChromium() {
  const path = findChromium()
  if (path !== undefined) return { path }
  return withLock(join(tmpdir(), 'anyvae-chromium.lock'), installChromium)
}

function installChromium() {
  const reasons = []
  for (const { name, applies, install } of INSTALLERS) {
    // Whoever held the lock before may have installed it.
    const path = findChromium()
    if (path !== undefined) return { path }
    if (!applies()) continue
    console.error(`Chromium: none found, so installing it (${name}) ...`)
    const reason = install()
    if (reason !== undefined) reasons.push(`${name}: ${reason}`)
  }
  const path = findChromium()
  return path === undefined ? { reason: reasons.join('; ') } : { path }
}
