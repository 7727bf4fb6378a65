// What the page and the worker that makes bundles say to each other.
import type { TrainedData } from '@anyvae/bundle'
import type { Checkpoint } from '@anyvae/trainer'

/** A bundle to make. */
export interface BundleOrder {
  readonly checkpoint: Checkpoint
  readonly data: TrainedData
  readonly name: string
  /** Empty where none is named. */
  readonly license: string
}

/** Its files by their paths, or what went wrong. */
export type BundleReply =
  { readonly files: ReadonlyMap<string, Uint8Array> } | { readonly error: string }
