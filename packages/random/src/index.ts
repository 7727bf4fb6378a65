// The public names of @anyvae/random.
export { drawNormals } from './draw-normals.js'
export { philox } from './philox.js'
export { randomStream, type RandomStream } from './stream.js'
export type { Shuffle } from './shuffle.js'
