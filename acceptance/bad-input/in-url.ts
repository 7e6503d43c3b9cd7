/** A value as a query or a path shows it. */
export const asText = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

/** A lone surrogate has no place in a URL, and a part that is empty or only dots would name another operation. */
export const inUrl = (value: unknown) =>
  encodeURIComponent(asText(value).replaceAll(/[\ud800-\udfff]/gu, '\ufffd')).replace(/^\.{0,2}$/, '%20')
