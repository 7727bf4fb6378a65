// `anyvae manifold`: a picture of the images over two latents, even in probability under the prior.
import type { Command } from 'commander'
import type { Manifest } from '@anyvae/runtime'
import { addCommand, withCommonFlags, withSessionFlags, type SessionFlags } from '../command.js'
import { refuseUsage } from '../error.js'
import { parsed, parseWhole, whole } from '../flags.js'
import type { Outcome } from '../outcome.js'
import { outFlag } from '../outflag.js'
import { withPrecisionFlag, type PrecisionFlags } from '../precision.js'
import type { Context } from '../program.js'

type Axes = readonly [number, number]

interface ManifoldFlags extends SessionFlags, PrecisionFlags {
  readonly axes?: Axes
  readonly size: number
  readonly out: string
}

export function addManifold(program: Command, context: Context): void {
  const command = addCommand(program, 'manifold', {
    description:
      'Decode a grid over two latents, through the inverse normal CDF (Kingma and Welling 2014, figure 4).',
    example: `
anyvae manifold models/mnist-2d --out manifold.png
anyvae manifold models/first --axes 3,7 --size 15`,
  })
    .argument('<bundle>', 'folder or URL')
    .addOption(
      parsed(
        '--axes <i,j>',
        'the two latents, from 0, where there are more; the others are 0',
        parseAxes,
      ),
    )
    .addOption(whole('--size <n>', 'rows and columns', 2, 200).default(20))
    .addOption(outFlag('a picture, or the values', ['.png', '.npy']).default('manifold.png'))
  withCommonFlags(withSessionFlags(withPrecisionFlag(command))).action(
    async (location: string, flags: ManifoldFlags) => {
      context.settle(await manifold(location, flags, context), flags)
    },
  )
}

function parseAxes(what: string, text: string): Axes {
  const [first = '', second, ...rest] = text.split(',')
  if (second === undefined || rest.length > 0 || first === second) {
    refuseUsage(`${what}: no two latents, got '${text}', expected two different ones, such as 0,1`)
  }
  return [parseWhole(what, first, { least: 0 }), parseWhole(what, second, { least: 0 })]
}

async function manifold(location: string, flags: ManifoldFlags, { io }: Context): Promise<Outcome> {
  const { imageGrid } = await import('@anyvae/images')
  const { withVae } = await import('../bundles.js')
  const { coordinates, manifoldLatents } = await import('../manifold.js')
  const { writeImages } = await import('../output.js')
  const { size, out } = flags
  const { axes, made, manifest } = await withVae(location, { flags, io }, async (vae) => {
    const { manifest } = vae
    const axes = chooseAxes(manifest, flags.axes)
    const latents = manifoldLatents({ size, latentSize: manifest.latentSize, axes })
    return { axes, made: await vae.decode(latents), manifest }
  })
  const values = coordinates(size).map((value) => value.toFixed(1).replace('-0.0', '0.0'))
  const labels = { columnLabels: values, rowLabels: values.toReversed() }
  const others = manifest.latentSize > 2 ? ', all others 0' : ''
  const title = `${manifest.name}: latent ${axes[0]} to the right, latent ${axes[1]} upwards${others}`
  const { data, shape } = made
  const picture = () =>
    imageGrid(data, { shape: manifest.image, columns: size, gap: 2, title, ...labels })
  await writeImages(out, { picture, data, shape })
  const text = `wrote a manifold of ${size} x ${size} images over latents ${axes.join(' and ')} to ${out}`
  return {
    text,
    json: { bundle: location, out, axes, size, coordinates: coordinates(size), shape },
  }
}

function chooseAxes({ latentSize, name }: Manifest, axes: Axes | undefined): Axes {
  if (latentSize < 2) {
    refuseUsage(`${name}: no plane to show, got ${latentSize} latent, expected at least 2`)
  }
  if (axes === undefined) {
    if (latentSize === 2) return [0, 1]
    refuseUsage(`--axes: missing, got ${latentSize} latents, expected two of them, such as 0,1`)
  }
  const outside = axes.find((axis) => axis >= latentSize)
  if (outside === undefined) return axes
  return refuseUsage(`--axes: no such latent, got ${outside}, expected 0 to ${latentSize - 1}`)
}
