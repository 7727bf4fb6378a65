// A newcomer's project: a start's files, the README's code, the packed packages and a model.
import { readdirSync } from 'node:fs'
import { cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { ROOT } from '../command.js'
import { install, npm } from '../npm.js'

/** What a page needs of ours. */
const PACKAGES = ['@anyvae/random', '@anyvae/runtime', '@anyvae/runtime-web']

/** Packs what npm would publish into a folder and returns the files' paths. */
export async function pack(folder: string): Promise<readonly string[]> {
  const workspaces = PACKAGES.flatMap((name) => ['-w', name])
  await run(ROOT, ['pack', ...workspaces, '--pack-destination', folder])
  return readdirSync(folder)
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => join(folder, name))
}

/** The model that the README's page loads. */
export const MODEL = 'mnist-mlp'

/** Writes files by their paths. */
export async function write(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

/** Puts the model into a folder. */
export async function addModel(folder: string): Promise<void> {
  await cp(join(ROOT, 'models', MODEL), join(folder, MODEL), { recursive: true })
}

/** Makes a start's project; false where the registry cannot be reached. */
export async function begin(
  start: string,
  folder: string,
  tarballs: readonly string[],
): Promise<boolean> {
  await cp(join(ROOT, 'test/starts', start), folder, { recursive: true })
  return install(folder, tarballs)
}

/** Runs npm in a folder. Throws where it fails. */
export async function run(folder: string, args: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await npm(folder, 'npm', args)
  if (exitCode === 0) return
  const printed = stdout + stderr
  throw new Error(`npm ${args.join(' ')}: failed, got ${exitCode}, expected 0\n${printed}`)
}

/** Every file of a built page but the model's, with its size in bytes. */
export async function sizes(folder: string): Promise<Readonly<Record<string, number>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !relative(folder, path).startsWith(MODEL))
  const pairs = paths.map(
    async (path) => [relative(folder, path), (await stat(path)).size] as const,
  )
  return Object.fromEntries(await Promise.all(pairs))
}
