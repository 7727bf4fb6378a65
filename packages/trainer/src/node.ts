// Node entry.
export {}
