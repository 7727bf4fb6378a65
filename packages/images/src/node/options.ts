// What can be asked of a source, and what it tells while it loads.
import type { AxisOrder } from '../arrays/layout.js'
import type { ValueRange } from '../arrays/value-range.js'

/** How far loading has come. */
export interface LoadProgress {
  readonly phase: 'download' | 'read'
  /** The file or the folder at hand. */
  readonly name: string
  readonly done: number
  readonly total: number
  readonly unit: 'bytes' | 'images'
}

/** How an image is brought to a size: cut, padded with black, or stretched. */
export type Fit = 'cover' | 'contain' | 'fill'

/** Pixels of an image. */
export interface Size {
  readonly height: number
  readonly width: number
}

/** The part of `fetch` that downloads use. */
export type Fetch = (
  url: string,
  init: { headers: Record<string, string>; signal: AbortSignal },
) => Promise<Response>

/** Where downloads come from and go to, and whom to tell. */
export interface DownloadOptions {
  /** Default `defaultCacheDir()`. */
  readonly cacheDir?: string | undefined
  /** Base addresses tried in turn; by default each data set's own list. */
  readonly mirrors?: readonly string[] | undefined
  readonly fetch?: Fetch | undefined
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** Milliseconds without a byte after which a mirror is given up; default 30,000. */
  readonly patience?: number | undefined
}

/** How a source is loaded. What does not concern it is passed by, but another shape than asked is refused. */
export interface LoadOptions extends DownloadOptions {
  /** Images of a folder are resized to it, glyphs drawn in it; a number means a square. */
  readonly size?: number | Size | undefined
  /** 1 grey, 3 colour: images of a folder are converted; by default colour if any of them has it. */
  readonly channels?: number | undefined
  /** Default `cover`. */
  readonly fit?: Fit | undefined
  /** The order of an array's axes, where its dimensions do not say it, such as `nchw` or `hwcn`. */
  readonly layout?: AxisOrder | undefined
  /** The values that are black and white, of arrays and of image files that are not of 8 bits. */
  readonly range?: ValueRange | undefined
  /** Of `glyphs`; default 0. */
  readonly seed?: number | undefined
}
