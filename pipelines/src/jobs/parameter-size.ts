import { invalid } from '@cairn/platform/errors'

/** As JSON. Defaults and values together fit into one variable of a process, for which Linux allows 128 KiB. */
const MAX_BYTES = 48 * 1024

/** @param field for the message. @throws INVALID_PARAMETER_VALUE for parameters that are too large together */
export function requireSmallParameters(parameters: Readonly<Record<string, string>>, field: string): void {
  const bytes = Buffer.byteLength(JSON.stringify(parameters))
  if (bytes > MAX_BYTES)
    throw invalid(
      `${field}: the parameters have ${bytes} bytes together; the limit is ${MAX_BYTES}. Store the data and pass their location.`,
    )
}
