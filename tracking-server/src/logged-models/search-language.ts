import { type Language, NUMERIC, TEXT_OR_LIST } from '@cairn/platform/search/language'

const text = (column: string) => ({ column, kind: 'string', lists: true }) as const
const created = { column: 'creation_timestamp_ms', kind: 'number' } as const
const updated = { column: 'last_updated_timestamp_ms', kind: 'number' } as const

/** The fields of filters and orders of logged models. */
export const LOGGED_MODEL_LANGUAGE: Language = {
  entities: {
    attribute: {
      aliases: ['attributes'],
      fields: {
        name: text('name'),
        model_id: text('model_id'),
        model_type: text('model_type'),
        status: text('status'),
        source_run_id: text('source_run_id'),
        creation_timestamp: created,
        creation_time: created,
        creation_timestamp_ms: created,
        last_updated_timestamp: updated,
        last_updated_time: updated,
        last_updated_timestamp_ms: updated,
        experiment_id: { column: 'experiment_id', kind: 'number' },
      },
      unfiltered: ['experiment_id'],
    },
    metrics: { aliases: [], kind: 'number', comparators: NUMERIC },
    params: { aliases: [], comparators: TEXT_OR_LIST, ordered: false },
    tags: { aliases: [], comparators: TEXT_OR_LIST, ordered: false },
  },
}
