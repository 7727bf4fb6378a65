// The data sets that are downloaded by name: their files, checksums and mirrors.
import { access } from 'node:fs/promises'
import { homedir, platform } from 'node:os'
import { join } from 'node:path'
import { ImagesError } from '../error.js'
import { downloadFile } from './download.js'
import type { DownloadOptions } from './options.js'

/** A file of a data set. */
export interface DatasetFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/** A data set that can be downloaded. */
export interface Dataset {
  readonly mirrors: readonly string[]
  readonly files: readonly DatasetFile[]
  readonly classNames: readonly string[]
}

/** The data sets by name; checksums as torchvision and TensorFlow Datasets have them. */
export const datasets = {
  mnist: {
    mirrors: [
      'https://storage.googleapis.com/cvdf-datasets/mnist/',
      'https://ossci-datasets.s3.amazonaws.com/mnist/',
    ],
    files: [
      {
        name: 'train-images-idx3-ubyte.gz',
        bytes: 9912422,
        sha256: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
      },
      {
        name: 'train-labels-idx1-ubyte.gz',
        bytes: 28881,
        sha256: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
      },
      {
        name: 't10k-images-idx3-ubyte.gz',
        bytes: 1648877,
        sha256: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
      },
      {
        name: 't10k-labels-idx1-ubyte.gz',
        bytes: 4542,
        sha256: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
      },
    ],
    classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  },
  'fashion-mnist': {
    mirrors: [
      'https://storage.googleapis.com/tensorflow/tf-keras-datasets/',
      'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
      'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
    ],
    files: [
      {
        name: 'train-images-idx3-ubyte.gz',
        bytes: 26421880,
        sha256: '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
      },
      {
        name: 'train-labels-idx1-ubyte.gz',
        bytes: 29515,
        sha256: 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
      },
      {
        name: 't10k-images-idx3-ubyte.gz',
        bytes: 4422102,
        sha256: '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
      },
      {
        name: 't10k-labels-idx1-ubyte.gz',
        bytes: 5148,
        sha256: '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
      },
    ],
    classNames: [
      'T-shirt/top',
      'Trouser',
      'Pullover',
      'Dress',
      'Coat',
      'Sandal',
      'Shirt',
      'Sneaker',
      'Bag',
      'Ankle boot',
    ],
  },
} as const satisfies Record<string, Dataset>

/** A data set that is downloaded by its name. */
export type DatasetName = keyof typeof datasets

/** Whether a source's name is that of a data set here. */
export function isDatasetName(name: string): name is DatasetName {
  return Object.hasOwn(datasets, name)
}

/**
 * The folder with a data set's files, downloaded where they are not there yet. A file that is there
 * is taken as it is: checksums are for downloads.
 *
 * @throws ImagesError where the name is unknown or a file cannot be had; the signal's reason where it
 * is aborted
 */
export async function downloadDataset(
  name: string,
  options: DownloadOptions = {},
): Promise<string> {
  if (!isDatasetName(name)) {
    const names = Object.keys(datasets).join(' or ')
    throw new ImagesError(`data set: no such one, got '${name}', expected ${names}`)
  }
  return downloadFiles(name, datasets[name], options)
}

/** As `downloadDataset`, of any data set. */
export async function downloadFiles(
  name: string,
  dataset: Dataset,
  options: DownloadOptions = {},
): Promise<string> {
  const folder = join(options.cacheDir ?? defaultCacheDir(), name)
  const mirrors = options.mirrors ?? dataset.mirrors
  const total = dataset.files.reduce((sum, { bytes }) => sum + bytes, 0)
  let before = 0
  for (const file of dataset.files) {
    const path = join(folder, file.name)
    const urls = mirrors.map((mirror) => mirror.replace(/\/*$/, `/${file.name}`))
    const onProgress = (received: number): void =>
      options.onProgress?.({
        phase: 'download',
        name: file.name,
        done: before + received,
        total,
        unit: 'bytes',
      })
    if (!(await exists(path)))
      await downloadFile({ ...file, path, urls }, { ...options, onProgress })
    before += file.bytes
  }
  return folder
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/**
 * Where downloads are kept: `ANYVAE_CACHE`, else `anyvae` in `XDG_CACHE_HOME` or in the system's
 * place for caches.
 */
export function defaultCacheDir(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if (env['ANYVAE_CACHE']) return env['ANYVAE_CACHE']
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'anyvae')
  if (platform() === 'win32' && env['LOCALAPPDATA']) return join(env['LOCALAPPDATA'], 'anyvae')
  return join(
    homedir(),
    ...(platform() === 'darwin' ? ['Library', 'Caches'] : ['.cache']),
    'anyvae',
  )
}
