const HALF_A_PAIR = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Any text as PostgreSQL can keep it: without NUL and without half a surrogate pair. */
export const storable = (text: string) => text.replaceAll('\0', '\u{fffd}').replace(HALF_A_PAIR, '\u{fffd}')
