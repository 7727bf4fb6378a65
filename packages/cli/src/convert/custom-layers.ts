// Layers of the user's own: a module that has them, loaded with this command's TensorFlow.js.
import { createRequire, register } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import * as converter from '@tensorflow/tfjs-converter'
import * as tfl from '@tensorflow/tfjs-layers'
import { CliError, messageOf } from '../error.js'
import { addChainedOperations } from './chained-operations.js'
import { fieldsOf } from './saved/manifest.js'

/**
 * Loads a module and registers what it exports: classes of layers, or a function that is given
 * TensorFlow.js and gives such. A module may as well register them itself. Its imports of TensorFlow.js
 * are this command's own copy: layers of another one could not be told from other classes. Operations of
 * graph models are registered likewise, by `tf.registerOp`.
 *
 * @throws CliError where the module fails
 */
export async function loadLayers(path: string): Promise<void> {
  shareTensorFlow()
  addChainedOperations()
  try {
    const module = (await import(/* @vite-ignore */ pathToFileURL(resolve(path)).href)) as object
    const { default: main, ...named } = fieldsOf(module)
    const made =
      isFunction(main) && !isLayerClass(main) ? await main({ ...tf, ...tfl, ...converter }) : main
    const all = [...Object.values(named), made, ...Object.values(fieldsOf(made))]
    all.filter(isLayerClass).forEach(registerOnce)
  } catch (cause) {
    throw new CliError(
      `--layers ${path}: cannot be loaded, got "${messageOf(cause).split('\n')[0] ?? ''}", expected a module (.mjs) that exports layers`,
      { cause },
    )
  }
}

type LayerClass = tf.serialization.SerializableConstructor<tf.serialization.Serializable> & {
  readonly className: string
}

const isFunction = (value: unknown): value is (tf: object) => unknown => typeof value === 'function'

/** Whether a value is a class with a name of its own to register, and what a saved model can make. */
function isLayerClass(value: unknown): value is LayerClass {
  if (typeof value !== 'function') return false
  return typeof Reflect.get(value, 'className') === 'string' && 'fromConfig' in value
}

function registerOnce(layer: LayerClass): void {
  if (!registered().includes(layer.className)) tf.serialization.registerClass(layer)
}

/** The names of all classes that a saved model may name. */
export function registered(): string[] {
  return Object.keys(tf.serialization.SerializationMap.getMap().classNameMap)
}

let shared = false

/** Lets modules that are loaded from now on import this command's copy of TensorFlow.js. */
function shareTensorFlow(): void {
  if (shared) return
  shared = true
  const require = createRequire(import.meta.url)
  const url = (name: string) => pathToFileURL(require.resolve(name)).href
  const parts = ['core', 'layers', 'converter'].map((part) => `@tensorflow/tfjs-${part}`)
  const whole = parts.map((name) => `export * from ${JSON.stringify(url(name))}`).join(';')
  const urls = {
    ...Object.fromEntries(parts.map((name) => [name, url(name)])),
    '@tensorflow/tfjs': `data:text/javascript,${encodeURIComponent(whole)}`,
  }
  const hooks = `const urls = ${JSON.stringify(urls)}
export async function resolve(specifier, context, next) {
  return Object.hasOwn(urls, specifier) ? next(urls[specifier], context) : next(specifier, context)
}`
  register(`data:text/javascript,${encodeURIComponent(hooks)}`)
}

/** The classes that a topology names for its layers and nobody has registered, with the layers' names. */
export function missingLayers(
  topology: unknown,
): { readonly kind: string; readonly name: string }[] {
  const known = new Set(registered())
  return [...layersIn(topology)].filter(({ kind }) => !known.has(kind))
}

/** The layers of a topology, those within models and wrappers too. */
function* layersIn(value: unknown): Generator<{ readonly kind: string; readonly name: string }> {
  if (Array.isArray(value)) {
    for (const each of value as readonly unknown[]) yield* layersIn(each)
    return
  }
  for (const [key, inner] of Object.entries(fieldsOf(value))) {
    const listed = key === 'layers' && Array.isArray(inner) ? (inner as readonly unknown[]) : []
    const wrapped = /^(?:layer|backward_layer|cell)$/.test(key) ? [inner] : []
    for (const each of [...listed, ...wrapped]) {
      const { class_name: kind, config, name } = fieldsOf(each)
      const own = name ?? fieldsOf(config)['name']
      if (typeof kind === 'string') yield { kind, name: typeof own === 'string' ? own : kind }
    }
    yield* layersIn(inner)
  }
}
