import { serializeWith } from '@cairn/platform/http/response/send-json'
import type { FastifyInstance } from 'fastify'

/** Writes metric values with a decimal point, as protobuf does for doubles: some clients distinguish 1 from 1.0. */
export function writeDecimalPoints(app: FastifyInstance) {
  serializeWith(app, (body) => withDecimalPoints(JSON.stringify(body)))
}

/** Matches only fields: inside a JSON string the quotes would be escaped. */
export const withDecimalPoints = (json: string) => json.replace(/[{,]"value":-?\d+(?=[,}])/g, '$&.0')

/** Returns `{ [name]: list }`, or `{}` for an empty list: protobuf's JSON omits empty lists. */
export const omitIfEmpty = <Name extends string, Item>(
  name: Name,
  list: readonly Item[],
): { [field in Name]?: Item[] } =>
  list.length > 0 ? ({ [name]: [...list] } as { [field in Name]: Item[] }) : {}
