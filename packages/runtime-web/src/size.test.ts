// How much of this project's own code pages download.
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { describe, expect, it } from 'vitest'

const INDEX = fileURLToPath(new URL('index.ts', import.meta.url))

/**
 * Loaded when a page comes to need them: on WebGPU, to encode, interpolate, keep copies, train, to set
 * what few set, and where onnxruntime fails.
 */
const ON_DEMAND = /\.\/(gpu|encoder|interpolate|cache|carry|paths|raw|explain|redirects)\.js$/

/** Bytes of the code that these exports need, minified and gzipped, without onnxruntime. */
async function sizeOf(exported: string, leftOut: RegExp): Promise<number> {
  const page = '\0page'
  const bundle = await rolldown({
    input: page,
    external: [/^onnxruntime-web\//, leftOut],
    platform: 'browser',
    resolve: {
      conditionNames: ['@anyvae/source', 'import', 'default'],
      extensionAlias: { '.js': ['.ts', '.js'] },
    },
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === page ? id : null),
        load: (id) => (id === page ? `export ${exported} from ${JSON.stringify(INDEX)}` : null),
      },
    ],
  })
  const { output } = await bundle.generate({
    format: 'esm',
    minify: true,
    codeSplitting: false,
  })
  await bundle.close()
  return gzipSync(output[0].code, { level: 9 }).length
}

describe('the code of a page', () => {
  it('is at most 10.5 KB where it loads, decodes, samples and draws', async () => {
    const size = await sizeOf('{ loadVae, drawImages }', ON_DEMAND)
    console.log(`size: ${size} bytes to load, decode, sample and draw, gzipped`)
    expect(size).toBeLessThanOrEqual(10.5 * 1024)
  })

  it('is at most 2.2 KB where a worker does the work', async () => {
    expect(await sizeOf('{ loadVaeInWorker }', ON_DEMAND)).toBeLessThanOrEqual(2.2 * 1024)
  })

  it('is at most 15.5 KB in all', async () => {
    const size = await sizeOf('*', /^no such module$/)
    console.log(`size: ${size} bytes in all, gzipped`)
    expect(size).toBeLessThanOrEqual(15.5 * 1024)
  })
})
