import { writeJson } from '@cairn/platform/http/send-json'
import type { FastifyInstance } from 'fastify'

/** Metric values keep their point, as protobuf writes doubles: some clients tell 1 from 1.0 by it. */
export function writeDoubles(app: FastifyInstance) {
  writeJson(app, (answer) => withPoints(JSON.stringify(answer)))
}

/** Within a JSON string the quotes would be escaped, so that only the field itself is found. */
export const withPoints = (json: string) => json.replace(/[{,]"value":-?\d+(?=[,}])/g, '$&.0')
