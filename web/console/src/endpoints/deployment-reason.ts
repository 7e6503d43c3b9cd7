/** A known reason of a deployment and the words in it. The server writes reasons in English. */
export type Reason =
  | { readonly kind: 'created' | 'updated' }
  | { readonly kind: 'rolledBack'; readonly number: string }
  | { readonly kind: 'aliasMoved'; readonly alias: string; readonly from: string; readonly to: string }
  | { readonly kind: 'other'; readonly text: string }

/** `alias champion moved from 3 to 4, alias shadow moved to 2` has two reasons. */
export const parseReasons = (text: string): Reason[] => text.split(', ').map(parseReason)

function parseReason(text: string): Reason {
  if (text === 'created' || text === 'updated') return { kind: text }
  const [, number] = /^rolled back to (\d+)$/.exec(text) ?? []
  if (number) return { kind: 'rolledBack', number }
  const [, alias, from = '', to] = /^alias (\S+) moved (?:from (\S+) )?to (\S+)$/.exec(text) ?? []
  return alias && to ? { kind: 'aliasMoved', alias, from, to } : { kind: 'other', text }
}
