// Generates src/normals-wasm.ts: Philox and Box–Muller, four blocks side by side, as a WebAssembly module.
//
// It computes what philox.ts and box-muller.ts do, operation by operation, in 128-bit vectors; pairs that
// box-muller.ts leaves to the formulas are listed instead. fast.ts tells how it is called.
import { writeFileSync } from 'node:fs'
import wabt from 'wabt'

/** Where the list of pairs in doubt begins, in bytes: behind 1,024 blocks of normals. */
const LIST = 16384
const ROUNDS = 10

// Expressions and assignments in the text format.
const get = (name) => `(local.get $${name})`
const set = (name, value) => `(local.set $${name} ${value})`
const operator =
  (name) =>
  (...operands) =>
    `(${name} ${operands.join(' ')})`
const xor = operator('v128.xor')
const and = operator('v128.and')
const or = operator('v128.or')
const addWords = operator('i32x4.add')
const add = operator('f64x2.add')
const sub = operator('f64x2.sub')
const mul = operator('f64x2.mul')
const div = operator('f64x2.div')
const select = operator('v128.bitselect')
const words = (value) =>
  `(v128.const i32x4 ${Array(4)
    .fill(value >>> 0)
    .join(' ')})`
const longs = (value) => `(v128.const i64x2 ${value} ${value})`
const doubles = (value) => `(v128.const f64x2 ${value} ${value})`
const signed = (value) => `(f64x2.convert_low_i32x4_s ${value})`
const unsigned = (value) => `(f64x2.convert_low_i32x4_u ${value})`
const single = (value) => `(f32x4.demote_f64x2_zero ${value})`

/** Four of the eight words of two vectors. */
function shuffle(chosen, a, b) {
  const bytes = chosen.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte))
  return `(i8x16.shuffle ${bytes.join(' ')} ${a} ${b})`
}
const lowWords = (a, b) => shuffle([0, 2, 4, 6], a, b)
const highWords = (a, b) => shuffle([1, 3, 5, 7], a, b)
const firstHalves = (a, b) => shuffle([0, 1, 4, 5], a, b)
const secondHalves = (a, b) => shuffle([2, 3, 6, 7], a, b)

/** The two words of four 64-bit products. */
function product(to, factor, multiplier) {
  return [
    set('even', `(i64x2.extmul_low_i32x4_u ${get(factor)} ${words(multiplier)})`),
    set('odd', `(i64x2.extmul_high_i32x4_u ${get(factor)} ${words(multiplier)})`),
    set(`${to}_high`, highWords(get('even'), get('odd'))),
    set(`${to}_low`, lowWords(get('even'), get('odd'))),
  ]
}

const round = [
  ...product('p', 'c0', 0xd2511f53),
  ...product('q', 'c2', 0xcd9e8d57),
  set('c0', xor(xor(get('q_high'), get('c1')), get('k0'))),
  set('c1', get('q_low')),
  set('c2', xor(xor(get('p_high'), get('c3')), get('k1'))),
  set('c3', get('p_low')),
  set('k0', addWords(get('k0'), words(0x9e3779b9))),
  set('k1', addWords(get('k1'), words(0xbb67ae85))),
]

/** c + x (c + x (… + last)), where `last` is the sum of the two highest terms. */
function polynomial(x, coefficients, last) {
  return coefficients.reduceRight((sum, each) => add(doubles(each), mul(x, sum)), last)
}

/** The logarithm, as minusLog has it; the exponent stands for the count of zeros. */
const logarithm = [
  set('v', or(and(get('w'), longs('0x000fffffffffffff')), longs('0x3ff0000000000000'))),
  set('exponent', signed(lowWords(`(i64x2.shr_u ${get('w')} (i32.const 52))`, words(0)))),
  set('s', div(sub(get('v'), doubles(Math.SQRT2)), add(get('v'), doubles(Math.SQRT2)))),
  set('z', mul(get('s'), get('s'))),
  set(
    'tail',
    polynomial(get('z'), [1 / 9, 1 / 11, 1 / 13], add(doubles(1 / 15), div(get('z'), doubles(17)))),
  ),
  set(
    'logarithm',
    sub(
      mul(sub(doubles(1023 + 31.5), get('exponent')), doubles(Math.LN2)),
      mul(mul(doubles(2), get('s')), polynomial(get('z'), [1, 1 / 3, 1 / 5, 1 / 7], get('tail'))),
    ),
  ),
]

const cosine = polynomial(
  get('square'),
  [1, -1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800],
  sub(doubles(1 / 479001600), div(get('square'), doubles(87178291200))),
)
const sineOver = polynomial(
  get('square'),
  [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880],
  add(doubles(-1 / 39916800), div(get('square'), doubles(6227020800))),
)

/** Two of the four pairs that two vectors of words are: their normals and whether they are in doubt. */
function twoPairs(first, second, half) {
  const two = (value) => (half === 0 ? value : shuffle([2, 3, 2, 3], value, value))
  const eighths = addWords(get(second), words(2 ** 29))
  const rounded = (value, factor) => single(mul(get(value), doubles(factor)))
  const unsure = (value) => `(f32x4.ne ${get(value + half)} ${rounded(value, 1 - 2 ** -40)})`
  return [
    set('w', add(unsigned(two(get(first))), doubles(0.5))),
    ...logarithm,
    set('quarter', addWords(`(i32x4.shl ${two(get(second))} (i32.const 2))`, words(2))),
    set('angle', mul(signed(get('quarter')), doubles((Math.PI / 2) * 2 ** -32))),
    set('square', mul(get('angle'), get('angle'))),
    set('along', cosine),
    set('across', mul(get('angle'), sineOver)),
    set('radius', `(f64x2.sqrt ${mul(doubles(2), get('logarithm'))})`),
    set('axis', `(i64x2.extend_low_i32x4_u ${two(`(i32x4.shr_u ${eighths} (i32.const 30))`)})`),
    set('swap', `(i64x2.ne ${and(get('axis'), longs(1))} ${longs(0)})`),
    set('x', mul(get('radius'), select(get('across'), get('along'), get('swap')))),
    set('y', mul(get('radius'), select(get('along'), get('across'), get('swap')))),
    // The signs: the second bits of axis + 1 and of axis, moved to the top.
    set('x', xor(get('x'), topBit(`(i64x2.add ${get('axis')} ${longs(1)})`))),
    set('y', xor(get('y'), topBit(get('axis')))),
    set(`x${half}`, rounded('x', 1 + 2 ** -40)),
    set(`y${half}`, rounded('y', 1 + 2 ** -40)),
    set(
      'lost',
      or(
        `(f64x2.lt ${get('logarithm')} ${doubles(0.004)})`,
        `(f64x2.lt ${get('square')} ${doubles(1e-5)})`,
      ),
    ),
    set(`doubt${half}`, or(or(unsure('x'), unsure('y')), lowWords(get('lost'), words(0)))),
  ]
}

function topBit(value) {
  return `(i64x2.shl ${and(value, longs(2))} (i32.const 62))`
}

function fourPairs(first, second, to) {
  return [
    ...twoPairs(first, second, 0),
    ...twoPairs(first, second, 1),
    set(`even_${to}`, firstHalves(get('x0'), get('x1'))),
    set(`odd_${to}`, firstHalves(get('y0'), get('y1'))),
    set(`mask_${to}`, `(i32x4.bitmask ${firstHalves(get('doubt0'), get('doubt1'))})`),
  ]
}

/** Lists the pairs in doubt: the place of their first normal, and their words. */
function listed(to, first, second, place) {
  return [0, 1, 2, 3].map(
    (lane) => `(if (i32.and ${get(`mask_${to}`)} (i32.const ${1 << lane})) (then
      (i32.store ${get('list')}
        (i32.add (i32.shr_u ${get('out')} (i32.const 2)) (i32.const ${4 * lane + place})))
      (i32.store offset=4 ${get('list')} (i32x4.extract_lane ${lane} ${get(first)}))
      (i32.store offset=8 ${get('list')} (i32x4.extract_lane ${lane} ${get(second)}))
      (local.set $list (i32.add ${get('list')} (i32.const 12)))))`,
  )
}

/** Normals by kind become two of the four blocks, from `block` on. */
function stored(block, chosen) {
  const store = (at, value) => `(v128.store offset=${16 * at} ${get('out')} ${value})`
  return [
    set('even', shuffle(chosen, get('even_a'), get('odd_a'))),
    set('odd', shuffle(chosen, get('even_b'), get('odd_b'))),
    store(block, firstHalves(get('even'), get('odd'))),
    store(block + 1, secondHalves(get('even'), get('odd'))),
  ]
}

const PARAMETERS = ['low', 'high', 'third', 'fourth', 'key_low', 'key_high', 'bytes']
const NUMBERS = ['out', 'list', 'round', 'mask_a', 'mask_b']
const VECTORS = [
  ...['c0', 'c1', 'c2', 'c3', 'k0', 'k1', 'even', 'odd', 'p_high', 'p_low', 'q_high', 'q_low'],
  ...['w', 'v', 'exponent', 's', 'z', 'tail', 'logarithm', 'quarter', 'angle', 'square', 'along'],
  ...['across', 'radius', 'axis', 'swap', 'x', 'y', 'lost', 'x0', 'x1', 'y0', 'y1', 'doubt0'],
  ...['doubt1', 'even_a', 'odd_a', 'even_b', 'odd_b'],
]
const splat = (name) => `(i32x4.splat ${get(name)})`

const text = `(module
  (memory (export "memory") 1)
  (func (export "draw") ${PARAMETERS.map((name) => `(param $${name} i32)`).join(' ')} (result i32)
    ${NUMBERS.map((name) => `(local $${name} i32)`).join(' ')}
    ${VECTORS.map((name) => `(local $${name} v128)`).join(' ')}
    (local.set $list (i32.const ${LIST}))
    (loop $blocks
      ${set('c0', addWords(splat('low'), '(v128.const i32x4 0 1 2 3)'))}
      ${set('c1', splat('high'))}
      ${set('c2', splat('third'))}
      ${set('c3', splat('fourth'))}
      ${set('k0', splat('key_low'))}
      ${set('k1', splat('key_high'))}
      (local.set $round (i32.const ${ROUNDS}))
      (loop $rounds
        ${round.join('\n')}
        (br_if $rounds (local.tee $round (i32.sub ${get('round')} (i32.const 1)))))
      ${fourPairs('c0', 'c1', 'a').join('\n')}
      ${fourPairs('c2', 'c3', 'b').join('\n')}
      ${stored(0, [0, 4, 1, 5]).join('\n')}
      ${stored(2, [2, 6, 3, 7]).join('\n')}
      (if (i32.or ${get('mask_a')} ${get('mask_b')}) (then
        ${listed('a', 'c0', 'c1', 0).join('\n')}
        ${listed('b', 'c2', 'c3', 2).join('\n')}))
      (local.set $low (i32.add ${get('low')} (i32.const 4)))
      (local.set $out (i32.add ${get('out')} (i32.const 64)))
      (br_if $blocks (i32.lt_u ${get('out')} ${get('bytes')})))
    (i32.div_u (i32.sub ${get('list')} (i32.const ${LIST})) (i32.const 12))))`

const { buffer } = (await wabt()).parseWat('normals.wat', text, { simd: true }).toBinary({})
writeFileSync(
  `${import.meta.dirname}/src/normals-wasm.ts`,
  `// Generated by generate.mjs; not to be edited. A WebAssembly module, in base64.
export const NORMALS_WASM =
  '${Buffer.from(buffer).toString('base64')}'
`,
)
