// The inverse of the standard normal distribution function.

/**
 * The value below which a standard normal lies with probability p, 0 < p < 1, within 1e-13: Newton steps
 * on the distribution function, from the rational approximation 26.2.23 of Abramowitz and Stegun (1964).
 */
export function inverseNormal(p: number): number {
  if (p > 0.5) return -inverseNormal(1 - p)
  const t = Math.sqrt(-2 * Math.log(p))
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328)
  const denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
  let x = numerator / denominator - t
  for (let i = 0; i < 3; i++) {
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
    x -= (distribution(x) - p) / density
  }
  return x
}

/** The standard normal distribution function for x <= 0, as a series or, far out, a continued fraction. */
function distribution(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
  if (x < -3) {
    let fraction = 0
    for (let k = 60; k > 0; k--) fraction = k / (-x + fraction)
    return density / (-x + fraction)
  }
  let term = x
  let sum = x
  for (let k = 3; k < 100; k += 2) {
    term *= (x * x) / k
    sum += term
  }
  return 0.5 + density * sum
}
