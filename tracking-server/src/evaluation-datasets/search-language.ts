import { type Language, TEXT } from '@cairn/platform/search/language'

/** The fields of filters and orders of evaluation datasets. */
export const EVALUATION_DATASET_LANGUAGE: Language = {
  entities: {
    attribute: {
      aliases: ['attributes', 'attr'],
      fields: {
        name: { column: 'name', kind: 'string' },
        created_time: { column: 'created_time', kind: 'number' },
        last_update_time: { column: 'last_update_time', kind: 'number' },
        created_by: { column: 'created_by', kind: 'string' },
        last_updated_by: { column: 'last_updated_by', kind: 'string' },
      },
      unordered: ['created_by', 'last_updated_by'],
    },
    tag: { aliases: ['tags'], comparators: TEXT, ordered: false },
  },
}
