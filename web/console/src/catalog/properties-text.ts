type Properties = Readonly<Record<string, string>>

/** One `name=value` a line; JSON if lines would lose a part, such as a line break. */
export function textOfProperties(properties: Properties): string {
  const lines = Object.entries(properties)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')
  const read = propertiesOf(lines)
  return read && isSame(read, properties) ? lines : JSON.stringify(properties, null, 2)
}

/** Reads lines, or JSON if the text starts with a brace. Undefined if the JSON is not an object with string values. */
export function propertiesOf(text: string): Record<string, string> | undefined {
  if (text.trimStart().startsWith('{')) return ofJson(text)
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const at = line.indexOf('=')
        return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()]
      }),
  )
}

function ofJson(text: string): Record<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isRead = Object.values(value as object).every((one) => typeof one === 'string')
    return isRead ? (value as Record<string, string>) : undefined
  } catch {
    return undefined
  }
}

export const isSame = (a: Properties, b: Properties) =>
  JSON.stringify(Object.entries(a)) === JSON.stringify(Object.entries(b))
