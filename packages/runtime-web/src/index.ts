// The public names of this package.
export { RuntimeError } from '@anyvae/runtime'
