// The manifest of a bundle, anyvae.json, as data.

/** The bundle format that this version writes, and the newest that it reads; an older one is lifted. */
export const FORMAT_VERSION = 2

/** Size of one image: channels first. */
export interface ImageShape {
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** How a file's weights are stored; inputs and outputs are float32 in every case. */
export type Precision = 'float32' | 'float16' | 'int8'

/** The part of the VAE that a file holds. */
export type Role = 'encoder' | 'decoder'

/** What a lighter file costs in quality, measured on images with this file alone in place of float32. */
export interface Damage {
  /** What the images are called. */
  readonly data: string
  readonly images: number
  /** Change of the negative ELBO, nats per image; above 0 is worse. */
  readonly negativeElbo: number
  /** Of the reconstructions against those of float32, dB for a peak of 1; absent where all are equal. */
  readonly psnr?: number
  /** Of an encoder: root mean square of the change of `mean` in standard deviations of the posterior. */
  readonly meanShift?: number
}

/** What the ranges of an int8 file were taken from. */
export interface Calibration {
  readonly data: string
  readonly images: number
}

/** What the manifest says of one model file. */
export interface ManifestFile {
  readonly role: Role
  readonly precision: Precision
  /** Size in bytes. */
  readonly bytes: number
  /** SHA-256 of the file, 64 lower-case hexadecimal digits. */
  readonly sha256: string
  /**
   * By the name of each output, the largest difference with which it replays the bundle's test vectors: the
   * root mean square of the difference, relative to that of the vectors' values (taken as at least 0.01).
   * Only a file of format 1 lacks it.
   */
  readonly tolerances?: Readonly<Record<string, number>>
  /** Of a file of format 1: largest absolute difference of any output. */
  readonly tolerance?: number
  /** Of a file that is not float32. */
  readonly damage?: Damage
  /** Of an int8 file. */
  readonly calibration?: Calibration
}

/** How the model was trained; further fields may stand beside the known ones. */
export interface TrainingSummary {
  readonly data?: string
  readonly images?: number
  readonly epochs?: number
  readonly steps?: number
  readonly batchSize?: number
  readonly seed?: number
  readonly learningRate?: number
  readonly beta?: number
  readonly engine?: string
  /** The command that reproduces the model. */
  readonly command?: string
  readonly [field: string]: unknown
}

/** Measured quality, in nats per image; further fields may stand beside the known ones. */
export interface QualitySummary {
  readonly data?: string
  readonly split?: string
  readonly images?: number
  readonly binarisation?: string
  /** Posterior samples per image, in each draw. */
  readonly samples?: number
  /** How often all images were evaluated, each time with new noise: the figures are means over these. */
  readonly draws?: number
  readonly negativeElbo?: number
  /** Of `negativeElbo` over the draws, with `draws - 1` as divisor. */
  readonly standardDeviation?: number
  readonly reconstruction?: number
  readonly kl?: number
  readonly activeUnits?: number
  readonly [field: string]: unknown
}

/** `anyvae.json`, format version 2. */
export interface Manifest {
  readonly formatVersion: typeof FORMAT_VERSION
  readonly name: string
  /** The network's name and its settings. */
  readonly architecture: { readonly name: string; readonly [setting: string]: unknown }
  readonly latentSize: number
  readonly image: ImageShape & { readonly range: readonly [0, 1] }
  readonly likelihood: 'bernoulli' | 'gaussian'
  readonly opset: number
  readonly irVersion: number
  /** Model files by their path within the bundle, with forward slashes. */
  readonly files: Readonly<Record<string, ManifestFile>>
  readonly training?: TrainingSummary
  readonly quality?: QualitySummary
  readonly producer: { readonly name: string; readonly version: string }
  /** SPDX identifier of the weights' licence. */
  readonly license: string
}
