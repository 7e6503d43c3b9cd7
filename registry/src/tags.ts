export type Tags = readonly { readonly key: string; readonly value: string }[]

/** Fills in the empty string for absent values. */
export const withValues = (tags: readonly { readonly key: string; readonly value?: string }[] = []) =>
  tags.map(({ key, value = '' }) => ({ key, value }))
