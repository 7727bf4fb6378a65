// What a command that takes a bundle was given: says so where it is something else.
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { CliError } from './error.js'
import { hint } from './shell.js'

/** Refuses a path that is no bundle's, a run's folder above all; of a URL nothing is known yet. */
export async function checkBundleLocation(location: string): Promise<void> {
  if (location.includes('://') || (await exists(join(location, 'anyvae.json')))) return
  if (await exists(join(location, 'config.json'))) {
    const command = hint('export', location, '--out', `${location}-bundle`)
    throw new CliError(`${location}: no bundle, got a run folder; export it first: ${command}`)
  }
  throw new CliError(
    `${location}: no bundle, got no anyvae.json, expected it in a folder or at a URL`,
  )
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
