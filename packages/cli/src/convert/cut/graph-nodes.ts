// Nodes of a graph model's topology, and of which type the tensors are that they give.
import { fieldsOf } from '../saved/manifest.js'

/** A node as model.json has it, checked before. */
export interface GraphNode {
  readonly name: string
  readonly op: string
  readonly input?: readonly string[]
  readonly attr?: Readonly<Record<string, unknown>>
}

/** Inputs and outputs of a model: by what users call them, the tensors. */
export interface Signature {
  readonly inputs?: Readonly<Record<string, unknown>>
  readonly outputs?: Readonly<Record<string, unknown>>
}

export function nodesOf(topology: object): readonly GraphNode[] {
  const { node } = fieldsOf(topology)
  return Array.isArray(node) ? (node as readonly GraphNode[]) : []
}

/** Operations whose first tensor is of another type than their attribute `T` says. */
const TYPES: readonly [type: string, ops: RegExp][] = [
  ['DT_BOOL', /^(?:Equal|NotEqual|Greater|GreaterEqual|Less|LessEqual|Logical\w+|Is\w+|Any|All)$/],
  [
    'DT_INT32',
    /^(?:Shape|ShapeN|Size|Rank|ArgMax|ArgMin|Where|NonMaxSuppression\w*|Bincount|DenseBincount)$/,
  ],
]

/** Attributes that name the type of a result, the most telling first. */
const TYPE_ATTRIBUTES = ['DstT', 'dtype', 'output_type', 'out_type', 'Tparams', 'T', 'SrcT']

/** The type of a node's tensor as an attribute of a placeholder. 64-bit whole numbers are 32-bit ones here. */
export function tensorType({ op, attr = {} }: GraphNode, index: number): { readonly type: string } {
  // The places beside the values of TopK, and those of Unique.
  if (index === 1 && /^(?:TopK\w*|Unique\w*|MaxPoolWithArgmax)$/.test(op))
    return { type: 'DT_INT32' }
  const fixed = TYPES.find(([, ops]) => ops.test(op))
  if (fixed) return { type: fixed[0] }
  const named = TYPE_ATTRIBUTES.map((key) => fieldsOf(attr[key])['type'])
  const type = named.find((each) => typeof each === 'string')
  if (typeof type !== 'string') return { type: 'DT_FLOAT' }
  return { type: type === 'DT_INT64' ? 'DT_INT32' : type }
}
