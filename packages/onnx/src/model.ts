// A graph becomes a whole model, with the versions that readers expect.
import { lowestIrVersion } from './check/versions.js'
import type { Graph, Model } from './types.js'

export interface ModelOptions {
  /** Default 17. */
  readonly opset?: number
  readonly doc?: string
  readonly producerVersion?: string
  /** metadata_props */
  readonly metadata?: Readonly<Record<string, string>>
}

/** The operator set that is written unless asked otherwise. */
export const DEFAULT_OPSET = 17

/**
 * A model of one graph, with the lowest IR version that goes with its operator set, since a newer
 * one is the commonest reason why a reader refuses a model.
 */
export function createModel(graph: Graph, options: ModelOptions = {}): Model {
  const { opset = DEFAULT_OPSET, ...facts } = options
  return {
    irVersion: lowestIrVersion(opset),
    opsets: { '': opset, ...ownDomains(graph) },
    graph,
    producerName: 'anyvae',
    ...facts,
  }
}

/** Version 1 of each other domain that the graph's operators come from. */
function ownDomains(graph: Graph): Record<string, number> {
  const versions: Record<string, number> = {}
  for (const { domain, attributes } of graph.nodes) {
    if (domain) versions[domain] = 1
    for (const attribute of Object.values(attributes)) {
      if (attribute.type === 'graph') Object.assign(versions, ownDomains(attribute.value))
    }
  }
  return versions
}
