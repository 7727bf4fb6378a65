// How an end of an interpolation is named: an image of a source, an image file, or a seed of the prior.
import { refuseUsage } from './error.js'

/** An end as `--from` and `--to` name it. */
export type Endpoint =
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'seed'; readonly seed: number }
  | { readonly kind: 'file'; readonly path: string }

/** `12` is an image of `--data`, `seed:7` a draw from the prior, anything else an image file. */
export function parseEndpoint(what: string, text: string): Endpoint {
  if (text === '') {
    refuseUsage(`${what}: empty, expected an index, seed:<n> or an image file`)
  }
  if (/^\d+$/.test(text)) return { kind: 'index', index: Number(text) }
  const seed = /^seed:(\d+)$/.exec(text)?.[1]
  if (seed !== undefined) return { kind: 'seed', seed: Number(seed) }
  if (/^(seed:.*|[+-]?[\d.]+)$/.test(text)) {
    refuseUsage(
      `${what}: no end, got '${text}', expected an index from 0, seed:<n> with n from 0, or an image file`,
    )
  }
  return { kind: 'file', path: text }
}

/** An end in a few words, for a title. */
export function describeEndpoint(end: Endpoint): string {
  if (end.kind === 'index') return `image ${end.index}`
  return end.kind === 'seed' ? `seed ${end.seed}` : end.path
}
