// Whether the dynamic linker finds a library.
import { constants } from 'node:os'

/** Loads a library by its name or path, and lets it go again. */
export function canLoad(name: string): boolean {
  try {
    process.dlopen({ exports: {} }, name, constants.dlopen.RTLD_LAZY)
    return true
  } catch (error) {
    // What loads and is no addon of Node is let go with these words.
    return error instanceof Error && error.message.startsWith('Module did not self-register')
  }
}
