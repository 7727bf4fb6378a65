// What bundles, which are published, say of files and folders, which are private: their own names.

/** A source's own name: of a path the last part. */
export function nameOf(source: string): string {
  return lastPart(source, /[\\/]/)
}

/** A shell command with each absolute path, quoted or not, cut down to its own name. */
export function withoutFolders(command: string): string {
  return command.replaceAll(/'(?:[^']|'\\'')*'|\S+/g, (word) => {
    const quote = word.startsWith("'") ? "'" : ''
    const path = word.slice(quote.length, word.length - quote.length)
    if (/^([A-Za-z]:)?\\|^[A-Za-z]:\//.test(path)) return quote + nameOf(path) + quote
    // Within quotes a backslash may belong to a quoted quote.
    return path.startsWith('/') ? quote + lastPart(path, '/') + quote : word
  })
}

function lastPart(path: string, separator: string | RegExp): string {
  return path.split(separator).findLast((part) => part !== '' && part !== '.') ?? path
}
