import { type Language, TEXT_OR_NULL } from '@cairn/platform/search/language'

/** The fields of filters and orders of experiments. */
export const EXPERIMENT_LANGUAGE: Language = {
  entities: {
    attribute: {
      aliases: ['attributes', 'attr'],
      fields: {
        name: { column: 'name', kind: 'string' },
        creation_time: { column: 'creation_time', kind: 'number' },
        last_update_time: { column: 'last_update_time', kind: 'number' },
        experiment_id: {
          column: 'experiment_id',
          kind: 'string',
          comparators: ['=', '!=', 'IN', 'NOT IN'],
        },
      },
    },
    tag: { aliases: ['tags'], comparators: TEXT_OR_NULL, ordered: false },
  },
}
