// The public names of this package.
export { nodeBackend } from './backend.js'
