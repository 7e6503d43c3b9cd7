/** Formats a value for a query or a path. */
export const asText = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

/** Replaces values that a URL cannot contain (lone surrogates) and segments that would address another operation (empty, dots). */
export const inUrl = (value: unknown) =>
  encodeURIComponent(asText(value).replaceAll(/[\ud800-\udfff]/gu, '\ufffd')).replace(/^\.{0,2}$/, '%20')
