import { notJson } from '@cairn/platform/protocol/answer'

/** What `/health` or `/version` says, which MLflow calls HTML too. @throws where a page comes instead */
export async function plainAnswer(response: Response): Promise<string> {
  const text = await response.text()
  if (/^\s*</.test(text)) throw notJson(response)
  return text
}
