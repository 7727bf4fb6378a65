// All calls of the tables.
import type { OperatorExample } from './call.js'
import { elements } from './elements.js'
import { networks } from './networks.js'
import { shapes } from './shapes.js'
import { signals } from './signals.js'

export const calls: readonly OperatorExample[] = [...elements, ...networks, ...shapes, ...signals]
