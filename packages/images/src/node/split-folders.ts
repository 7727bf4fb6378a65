// Which sub-folders of a folder of images are its splits, by the names that people give them.
import { ImagesError } from '../error.js'
import { foldersIn } from './entries.js'

/** The sub-folders to train and to test on, by their names in the folder. */
export interface SplitFolders {
  readonly train: string
  readonly test: string
  /** What to tell the user: a sub-folder that is not used. */
  readonly note?: string
}

const NAMES: Readonly<Record<string, string>> = {
  train: 'train',
  training: 'train',
  test: 'test',
  testing: 'test',
  val: 'val',
  valid: 'val',
  validation: 'val',
}

/**
 * A folder's splits, whatever the case of their names: `train` or `training` to train on, and `test`
 * or `testing` to test on, or, where there is none, `val`, `valid` or `validation`. Beside a test
 * split the latter is not used at all. Undefined where there are not both: sub-folders are classes then.
 *
 * @throws ImagesError naming other sub-folders beside splits, or two of one kind
 */
export async function splitFoldersIn(folder: string): Promise<SplitFolders | undefined> {
  const names = await foldersIn(folder)
  const [train, test, val] = ['train', 'test', 'val'].map((kind) =>
    names.filter((name) => kindOf(name) === kind),
  )
  const [trainName, testName] = [train?.[0], test?.[0] ?? val?.[0]]
  if (trainName === undefined || testName === undefined) return undefined
  for (const same of [train, test, val]) if (same) checkSingle(folder, same)
  checkAlone(folder, names)
  const unused = test?.[0] === undefined ? undefined : val?.[0]
  const note = `${folder}: ${unused} is not used, since ${testName} is there to test on`
  return { train: trainName, test: testName, ...(unused !== undefined && { note }) }
}

function kindOf(name: string): string | undefined {
  const lower = name.toLowerCase()
  return Object.hasOwn(NAMES, lower) ? NAMES[lower] : undefined
}

function checkSingle(folder: string, same: readonly string[]): void {
  if (same.length < 2) return
  throw new ImagesError(`${folder}: the same split twice, got ${same.join(', ')}, expected one`)
}

function checkAlone(folder: string, names: readonly string[]): void {
  const others = names.filter((name) => kindOf(name) === undefined)
  if (others.length === 0) return
  const splits = names.filter((name) => !others.includes(name))
  throw new ImagesError(
    `${folder}: sub-folders beside the splits, got ${others.join(', ')}, expected ${splits.join(' and ')} alone: ` +
      `move the others elsewhere, or their images into a split (or, where all are classes, rename ${splits.join(' and ')})`,
  )
}
