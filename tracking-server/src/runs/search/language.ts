import { type Language, NUMERIC, TEXT_OR_LIST, TEXT_OR_NULL } from '@cairn/platform/search/language'

const runName = { column: 'run_name', kind: 'string' } as const
const startTime = { column: 'start_time', kind: 'number' } as const

/** The fields of filters and orders of runs. */
export const RUN_LANGUAGE: Language = {
  matches: true,
  entities: {
    metric: { aliases: ['metrics'], kind: 'number', comparators: NUMERIC },
    parameter: { aliases: ['parameters', 'param', 'params'], comparators: TEXT_OR_NULL },
    tag: { aliases: ['tags'], comparators: TEXT_OR_NULL },
    attribute: {
      aliases: ['attributes', 'attr', 'run'],
      fields: {
        run_id: { column: 'run_id', kind: 'string', lists: true },
        run_name: runName,
        status: { column: 'status', kind: 'string' },
        user_id: { column: 'user_id', kind: 'string' },
        artifact_uri: { column: 'artifact_uri', kind: 'string' },
        start_time: startTime,
        end_time: { column: 'end_time', kind: 'number' },
        created: startTime,
        Created: startTime,
        'run name': runName,
        'Run name': runName,
        'Run Name': runName,
      },
      unordered: ['run name', 'Run name', 'Run Name'],
    },
    dataset: {
      aliases: ['datasets'],
      fields: {
        name: { column: 'name', kind: 'string', lists: true },
        digest: { column: 'digest', kind: 'string', lists: true },
        context: { column: 'context', kind: 'string', lists: true },
      },
      comparators: TEXT_OR_LIST,
      ordered: false,
    },
  },
}
