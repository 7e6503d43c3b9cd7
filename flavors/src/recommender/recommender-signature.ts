import type { Id } from '../id.js'
import type { Column, Shape, Signature } from '../mlmodel/signature.js'

/** Returns the signature of a recommender; only the types of the ids depend on the model. */
export function recommenderSignature(itemIds: readonly Id[], userIds: readonly Id[] = []): Signature {
  const item = typeOf(itemIds)
  const optional = (column: Column): Column => ({ ...column, required: false })
  return {
    inputs: [
      optional({ type: typeOf(userIds), name: 'user_id' }),
      optional({ type: 'array', items: { type: item }, name: 'history' }),
      optional({ type: 'long', name: 'k' }),
      optional({ type: 'boolean', name: 'filter_seen' }),
      optional({ type: 'array', items: { type: item }, name: 'exclude' }),
      optional({ type: 'boolean', name: 'reasons' }),
      optional({ type: 'any', name: 'context' }),
    ],
    outputs: [
      { type: 'array', items: recommendation(item), name: 'recommendations', required: true },
      { type: 'string', name: 'source', required: true },
      { type: 'array', items: { type: 'string' }, name: 'notices', required: true },
    ],
  }
}

const recommendation = (item: 'string' | 'long'): Shape => ({
  type: 'object',
  properties: {
    item_id: { type: item, required: true },
    title: { type: 'string', required: false },
    genres: { type: 'string', required: false },
    score: { type: 'double', required: true },
    reasons: { type: 'array', items: reason(item), required: false },
  },
})

const reason = (item: 'string' | 'long'): Shape => ({
  type: 'object',
  properties: {
    type: { type: 'string', required: true },
    item_id: { type: item, required: false },
    title: { type: 'string', required: false },
    trait: { type: 'string', required: false },
    contribution: { type: 'double', required: false },
  },
})

const typeOf = (ids: readonly Id[]) => (typeof ids[0] === 'string' ? 'string' : 'long')
