// What a page and its worker say to each other.
import type { DownloadProgress } from '@anyvae/runtime'
import type { LoadVaeOptions } from './load.js'
import type { ModuleUrls } from './onnxruntime.js'

/** Options that can be sent. */
export type SentOptions = Omit<LoadVaeOptions, 'fetch' | 'onProgress' | 'signal'>

/** The methods of a Vae that a worker carries out. */
export type Method = 'encode' | 'decode' | 'reconstruct' | 'sample' | 'interpolate' | 'release'

/** From page to worker, numbered; `vae` is the number of the request that loads the Vae in question. */
export type Request = { readonly anyvae: number; readonly vae: number } & Order

/** What a worker is to do. */
export type Order =
  | {
      readonly method: 'load'
      readonly url: string
      readonly options: SentOptions
      readonly modules: ModuleUrls | undefined
    }
  | { readonly method: 'abort' }
  | { readonly method: Method; readonly args: readonly unknown[] }

/** From worker to page, on the request of that number. */
export type Reply = { readonly anyvae: number } & (
  | { readonly result: unknown }
  | { readonly error: SentError }
  /** Of the load of that Vae; without a value once it was heard. */
  | { readonly progress: DownloadProgress | undefined }
)

/** An error with those beneath it, which lose their class and often their cause when they are sent. */
export interface SentError {
  readonly name: string
  readonly message: string
  readonly cause: SentError | undefined
}

/** An error as data. */
export function packError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), cause: undefined }
  const { name, message, cause } = error
  return { name, message, cause: cause === undefined ? undefined : packError(cause) }
}

/** An error from data, of the class given; those beneath it are plain, under the names they had. */
export function unpackError(
  { name, message, cause }: SentError,
  Class: new (message: string, options?: ErrorOptions) => Error = Error,
): Error {
  const error = new Class(message, cause && { cause: unpackError(cause) })
  return Object.assign(error, Class === Error && { name })
}
