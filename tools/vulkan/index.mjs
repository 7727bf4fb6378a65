// Vulkan in software, for tests of WebGPU in Node: SwiftShader, which a Chromium on Linux brings along.
import { existsSync, realpathSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { findChromium } from '../chromium/find.mjs'

/** Where Chromium's launcher is a script elsewhere, its files are here. */
const PLACES = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome']

const DRIVER = 'vk_swiftshader_icd.json'
const LOADER = 'libvulkan.so.1'

/** dlopen's RTLD_NODELETE: the library stays, although Node finds no addon in it. */
const KEEP = 0x1000

/** The variables with which a child process has it, or the reason why there is none. */
export function softwareVulkan() {
  if (process.platform !== 'linux')
    return { reason: 'software Vulkan is looked for on Linux alone' }
  const has = (folder) => existsSync(join(folder, DRIVER))
  const folder = PLACES.find(has) ?? besideChromium().find(has)
  if (folder === undefined || !existsSync(join(folder, LOADER))) {
    return { reason: `no Chromium with ${DRIVER} and ${LOADER} found` }
  }
  return { env: { VK_ICD_FILENAMES: join(folder, DRIVER), LD_LIBRARY_PATH: folder } }
}

function besideChromium() {
  const path = findChromium()
  return path === undefined ? [] : [dirname(realpathSync(path))]
}

/**
 * Makes it this process's Vulkan; to be called before a first WebGPU session. Gives the reason where
 * there is none.
 */
export function useSoftwareVulkan() {
  const { env, reason } = softwareVulkan()
  if (env === undefined) return reason
  process.env.VK_ICD_FILENAMES = env.VK_ICD_FILENAMES
  try {
    // A process has read LD_LIBRARY_PATH when it starts; later, a library that is loaded is found.
    process.dlopen(
      { exports: {} },
      join(env.LD_LIBRARY_PATH, LOADER),
      constants.dlopen.RTLD_LAZY | KEEP,
    )
  } catch {
    // It is no addon; a loader that could not be loaded is told by the first session.
  }
  return undefined
}
