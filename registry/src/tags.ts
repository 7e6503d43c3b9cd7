export type Tags = readonly { readonly key: string; readonly value: string }[]

/** As a client sends them: a value that is left out is empty. */
export const withValues = (tags: readonly { readonly key: string; readonly value?: string }[] = []) =>
  tags.map(({ key, value = '' }) => ({ key, value }))
