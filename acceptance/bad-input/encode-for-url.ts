/** A generated value as text, for a query or a path. */
export const asText = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

/**
 * Encodes a generated value for a path or query. Replaces what a URL cannot contain (lone surrogates), and segments that
 * would address another operation (empty, dots).
 */
export const encodeForUrl = (value: unknown) =>
  encodeURIComponent(asText(value).replaceAll(/[\ud800-\udfff]/gu, '\ufffd')).replace(/^\.{0,2}$/, '%20')
