// npm run demo: trains, exports, verifies and draws, from a fresh clone on.
import { existsSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT, run, setup } from './setup.mjs'

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: 'glyphs' },
    arch: { type: 'string', default: 'conv' },
    epochs: { type: 'string', default: '10' },
    latent: { type: 'string', default: '8' },
    out: { type: 'string', default: 'demo' },
  },
})
const { data, arch, epochs, latent, out } = values
const path = (name) => join(out, name)

function anyvae(...args) {
  console.log(`\n$ npx anyvae ${args.join(' ')}`)
  run(process.execPath, [join(ROOT, 'packages', 'cli', 'bin', 'anyvae.js'), ...args])
}

setup()
// Of an earlier demo: nothing else is taken away.
for (const [made, mark] of [
  ['run', 'config.json'],
  ['bundle', 'anyvae.json'],
]) {
  const folder = resolve(ROOT, path(made))
  if (existsSync(join(folder, mark))) {
    rmSync(folder, { recursive: true })
  }
}
const network = ['--arch', arch, '--latent', latent, '--epochs', epochs]
anyvae('train', '--data', data, ...network, '--seed', '1', '--out', path('run'))
anyvae('export', path('run'), '--out', path('bundle'), '--name', 'demo')
anyvae('verify', path('bundle'))
anyvae('sample', path('bundle'), '--count', '100', '--out', path('samples.png'))
anyvae('reconstruct', path('bundle'), '--data', data, '--out', path('reconstructions.png'))
anyvae(
  'interpolate',
  path('bundle'),
  '--data',
  data,
  '--from',
  '0',
  '--to',
  '1',
  '--out',
  path('interpolation.png'),
)

console.log(`
Done. In ${out}/ there is now
  run/                  the training run: log, checkpoint, a picture for each epoch
  bundle/               encoder.onnx, decoder.onnx, manifest, model card, test vectors
  samples.png           images that the decoder made of random latents
  reconstructions.png   held-out images beside what the model makes of them
  interpolation.png     the way from one image to another

Try next:
${[
  ['npm run demo -- --data mnist', 'the same on MNIST (downloaded once)'],
  ['npx anyvae train --help', 'your own images, network and schedule'],
  [`npx anyvae eval ${path('bundle')} --data ${data}`, 'negative ELBO, active units'],
  ['README.md', `five lines that load ${path('bundle')} in Node`],
]
  .map(([what, why]) => `  ${what.padEnd(46)}  ${why}`)
  .join('\n')}`)
