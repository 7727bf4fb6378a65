// The version that this package writes into what it makes; a test holds it against package.json.
export const VERSION = '0.1.0'
