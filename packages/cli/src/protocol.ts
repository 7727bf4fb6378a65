// What a figure's likelihood is of: without it no two figures compare.
import { BINARISATION } from '@anyvae/bundle'

/** How grey values are turned into what a likelihood is of. */
export function binarisationOf({ likelihood }: { readonly likelihood: string }): string {
  return likelihood === 'bernoulli' ? BINARISATION : 'none (a density of grey values from 0 to 1)'
}
