// The public names of @anyvae/images/node: everything that touches files or the network.
export { savePicture, writeFileAtomic } from './node/atomic.js'
