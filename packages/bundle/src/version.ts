// The version that this package writes into what it makes; a test compares it with package.json.

export const VERSION = '0.1.0'
