// The downloads: one file, the whole bundle, or the run folder, of the last whole epoch.
import { element, messageOf, tell } from '../dom.js'
import type { Run } from '../train/run.js'
import { makeBundle } from './bundle.js'
import { runFolder } from './run-folder.js'
import { save, saveFolder } from './save.js'

/** What a download button gives. */
type Kind = 'encoder.onnx' | 'decoder.onnx' | 'bundle' | 'run'

/** The panel of downloads; `run` is what can be taken at the moment. */
export function createDownloads(
  run: () => Run | undefined,
  onError: (message: string) => void,
): { enable(epoch: number): void; disable(): void } {
  const buttons = [...element('downloads', HTMLElement).querySelectorAll('button')]
  const enabled = (on: boolean): void => buttons.forEach((button) => (button.disabled = !on))
  for (const button of buttons) {
    button.addEventListener('click', () => {
      const current = run()
      if (!current) return
      void busy(button, () => download(button.dataset['file'] as Kind, current)).catch(
        (error: unknown) => onError(messageOf(error)),
      )
    })
  }
  return {
    enable(epoch) {
      enabled(true)
      tell('take-text', `As it was after epoch ${epoch}.`)
    },
    disable() {
      enabled(false)
      tell('take-text', 'There is something to take after the first epoch.')
    },
  }
}

async function busy(button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
  if (button.ariaBusy === 'true') return
  button.ariaBusy = 'true'
  try {
    await work()
  } finally {
    button.ariaBusy = 'false'
  }
}

async function download(kind: Kind, run: Run): Promise<void> {
  const checkpoint = await run.training.checkpoint()
  const name = nameOf()
  if (kind === 'run') return saveFolder(`${name}-run`, await runFolder(checkpoint, run))
  const { source, train } = run.chosen
  const license = element('license', HTMLInputElement).value.trim()
  const data = { source, train: { count: train.count } }
  const files = await makeBundle({ checkpoint, data, name, license })
  if (kind === 'bundle') return saveFolder(name, files)
  const bytes = files.get(kind)
  if (bytes) save(kind, bytes)
}

/** The name of the model, as a folder may be called too. */
function nameOf(): string {
  const given = element('name', HTMLInputElement).value.trim()
  return given.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^\.+/, '') || 'my-vae'
}
