const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Replaces NUL and lone surrogates, which PostgreSQL cannot store. */
export const toStorableText = (text: string) =>
  text.replaceAll('\0', '\u{fffd}').replace(LONE_SURROGATE, '\u{fffd}')
