// Numbers as people read them.

/** With commas between thousands. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** Nats, with two decimals. */
export function nats(value: number): string {
  return value.toFixed(2)
}

/** Bits per dimension, with three decimals. */
export function bits(value: number): string {
  return value.toFixed(3)
}

/** What the unit of all figures is, for helps. */
export const NAT =
  'A nat is a unit of information, 1.44 bits: nats per image are how many it takes to tell an image, given the model.'

/** A difference with its sign and three decimals; none is `0.000`. */
export function signed(value: number): string {
  const text = value.toFixed(3)
  if (Number(text) === 0) return '0.000'
  return value > 0 ? `+${text}` : text
}

/** Bytes in the unit that leaves few digits, 1000 bytes to the kilobyte. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3))
  const scaled = value / 1000 ** power
  return `${power === 0 ? scaled : scaled.toFixed(1)} ${units[power]}`
}

/** Seconds, or minutes and hours where there are many. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

/** A word for one or several of a thing: `1 image`, `3 images`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}
