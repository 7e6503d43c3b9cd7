import { type Language, MATCHES, RANGES, TEXT, TEXT_OR_NULL } from '@cairn/platform/search/language'

const text = (column: string) => ({ column, kind: 'string', lists: true }) as const
const number = (column: string) => ({ column, kind: 'number', quoted: true }) as const
const TEXT_OR_MATCH = [...TEXT, 'IN', 'NOT IN', ...MATCHES] as const
const MAYBE_TEXT = [...TEXT_OR_NULL, ...MATCHES]
const JUDGEMENT = { aliases: [], comparators: [...MAYBE_TEXT, ...RANGES], measured: true, ordered: false }
/** The contents of spans can only be searched for substrings. */
const LIKE = ['LIKE', 'ILIKE'] as const

const attribute = (column: string) => ({ ...text(column), comparators: TEXT_OR_MATCH })
/** Returns a field that is stored in a tag or in metadata, so that it may be missing. */
const entry = (column: string) => ({ ...text(column), comparators: [...MAYBE_TEXT, 'IN', 'NOT IN'] as const })

/** The fields of filters and orders of traces. */
export const TRACE_LANGUAGE: Language = {
  entities: {
    tag: { aliases: ['tags'], comparators: MAYBE_TEXT },
    request_metadata: { aliases: ['metadata'], comparators: MAYBE_TEXT },
    attribute: {
      aliases: ['attributes', 'trace'],
      fields: {
        request_id: attribute('trace_id'),
        trace_id: attribute('trace_id'),
        client_request_id: attribute('client_request_id'),
        experiment_id: number('experiment_id'),
        timestamp: number('timestamp_ms'),
        timestamp_ms: number('timestamp_ms'),
        execution_time: number('execution_time_ms'),
        execution_time_ms: number('execution_time_ms'),
        end_time: number('end_time_ms'),
        end_time_ms: number('end_time_ms'),
        status: attribute('status'),
        name: entry('name'),
        run_id: entry('run_id'),
        prompt: { ...text('prompt'), comparators: ['='] },
        text: { ...text('text'), comparators: LIKE },
      },
      unordered: ['client_request_id', 'prompt', 'text'],
      unfiltered: ['experiment_id'],
    },
    span: {
      aliases: [],
      fields: {
        name: text('name'),
        type: text('type'),
        status: text('status'),
        content: { ...text('content'), comparators: LIKE },
      },
      open: /^attributes\../,
      comparators: TEXT_OR_MATCH,
      ordered: false,
    },
    feedback: JUDGEMENT,
    expectation: JUDGEMENT,
    issue: { aliases: [], fields: { id: { ...text('id'), comparators: ['='] } }, ordered: false },
  },
}
