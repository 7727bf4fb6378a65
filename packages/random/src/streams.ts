// Every stream of anyvae's packages: what is drawn from which name. The README's table is made of this list.

/** A stream or a family of them. */
export interface StreamUse {
  /** The name; what stands in angle brackets is filled in. */
  readonly name: string
  readonly package: string
  readonly seed: string
  /** What is drawn, and which draw is which. */
  readonly draws: string
}

export const STREAMS: readonly StreamUse[] = [
  {
    name: 'init/<parameter>',
    package: 'trainer',
    seed: 'of the run',
    draws: 'uniform i: initial value i of a kernel, (2u - 1) × limit',
  },
  {
    name: 'shuffle/<epoch>',
    package: 'images',
    seed: 'of the run',
    draws: "the shuffle that is an epoch's order of images, epochs from 0",
  },
  {
    name: 'noise',
    package: 'trainer',
    seed: 'of the run',
    draws:
      'normals: noise of the posterior samples, step s (from 0 over the whole run) from s × batch × latents on, image by image',
  },
  {
    name: 'evaluation',
    package: 'trainer',
    seed: 'of the evaluation, plus d for its draw d from 0',
    draws: "normals: image i's posterior sample from i × latents on",
  },
  {
    name: 'evaluation',
    package: 'bundle',
    seed: '0',
    draws: 'normals: the same samples, to measure what a lighter precision costs',
  },
  {
    name: 'latent',
    package: 'runtime',
    seed: 'of the samples',
    draws: 'normals: latents of `sample`, image by image, times the temperature',
  },
  {
    name: 'posterior',
    package: 'runtime',
    seed: 'of the call',
    draws: 'normals: noise of posterior samples, image by image',
  },
  {
    name: 'latent',
    package: 'bundle',
    seed: '0',
    draws: "normals: the latents of a bundle's picture of samples",
  },
  {
    name: 'latent',
    package: 'playground',
    seed: '0, one more with each press of Other latents',
    draws: "normals: the latents of the page's samples",
  },
  { name: 'vectors', package: 'bundle', seed: '0', draws: "normals: the decoder's test inputs" },
  {
    name: 'calibration/images',
    package: 'bundle',
    seed: '0',
    draws: 'the permutation whose first images calibrate int8',
  },
  {
    name: 'calibration/<kind>',
    package: 'bundle',
    seed: '0',
    draws: 'normals: posterior and prior samples that calibrate the decoder, image by image',
  },
  {
    name: 'glyphs/<split>/choice',
    package: 'images',
    seed: 'of the glyphs',
    draws: 'uniforms: digit and way of writing, 8 an image',
  },
  {
    name: 'glyphs/<split>/shape',
    package: 'images',
    seed: 'of the glyphs',
    draws: 'normals: shape, slant, width and position, 80 an image',
  },
  {
    name: 'split',
    package: 'images',
    seed: '0',
    draws: 'word g: which of the ten images of group g is held out to test',
  },
  {
    name: 'spread',
    package: 'images',
    seed: '0',
    draws: 'uniform i: which image of the i-th stretch of a set is shown',
  },
  {
    name: 'drawings',
    package: 'playground',
    seed: '0',
    draws: 'uniforms: how a drawing is varied, 7 an image',
  },
  {
    name: 'trial',
    package: 'trainer',
    seed: '0',
    draws: 'normals: noise of the steps by which a page tries providers',
  },
  {
    name: 'input <place>',
    package: 'cli',
    seed: '0',
    draws: "uniforms: what `convert` runs a model on, by the input's place from 0",
  },
]

/** The list as the README's table. */
export function streamTable(): string {
  const head = ['| stream | package | seed | what it draws |', '| --- | --- | --- | --- |']
  const rows = STREAMS.map(
    ({ name, package: owner, seed, draws }) => `| \`${name}\` | ${owner} | ${seed} | ${draws} |`,
  )
  return [...head, ...rows].join('\n')
}
